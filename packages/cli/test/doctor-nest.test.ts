/** `countersign doctor --project`: where Nest's global prefix and versions leave middleware and controllers. */

import { describe, expect, it } from 'vitest';
import { examine, type Files } from './project-folders.ts';

type Row = readonly [title: string, files: Files, places: readonly string[]];

const receiver = (preset: string, more = '') => `import { createReceiver } from '@countersign/core';
import { ${preset} } from '@countersign/providers/${preset}';
export const receiver = createReceiver({ provider: ${preset}, secrets: process.env.S${more} });
`;

/** Six lines up to the app; the calls given stand from line 7 on. */
const bootstrap = (...calls: readonly string[]) => `${receiver('stripe')}import { NestFactory } from '@nestjs/core';
import { webhookMiddleware } from '@countersign/express';
const app = await NestFactory.create(AppModule);
${calls.join('\n')}
`;
const controller = (options = `'webhooks'`, method = `@Post('stripe')`) =>
  `import { All, Controller, Get, Post, Req, Version, VERSION_NEUTRAL } from '@nestjs/common';
@Controller(${options})
export class Hooks {
  ${method}
  receive(@Req() request) { return request.webhook.id; }
}
`;
const mount = `app.use('/webhooks/stripe', webhookMiddleware(receiver));`;
const nest = (calls: readonly string[], hooks = controller()): Files => ({
  'main.ts': bootstrap(...calls),
  'hooks.controller.ts': hooks,
});
const missed = ['main.ts:8 middleware_misses_route found'];

const module = (routes: string) => `${receiver('stripe')}import { webhookMiddleware } from '@countersign/express';
import { Module } from '@nestjs/common';
@Module({})
export class HooksModule {
  configure(consumer) {
    consumer.apply(webhookMiddleware(receiver)).forRoutes(${routes});
  }
}
`;
const nestModule = (routes: string, calls: readonly string[], hooks = controller()): Files => ({
  'main.ts': `import { NestFactory } from '@nestjs/core';
const app = await NestFactory.create(AppModule, { rawBody: true });
${calls.join('\n')}
`,
  'hooks.module.ts': module(routes),
  'hooks.controller.ts': hooks,
});
const missedByModule = ['hooks.module.ts:9 middleware_misses_route found'];

const nestApps: readonly Row[] = [
  ['a global prefix, which middleware on a path does not have', nest([`app.setGlobalPrefix('api');`, mount]), missed],
  ['a prefix that is set below the mount', nest([`void 0;`, mount, `app.setGlobalPrefix('api');`]), missed],
  ['the same without a prefix', nest([mount]), []],
  ['an empty prefix', nest([`app.setGlobalPrefix('');`, mount]), []],
  [
    'middleware on the whole path',
    nest([`app.setGlobalPrefix('api');`, `app.use('/api/webhooks/stripe', webhookMiddleware(receiver));`]),
    [],
  ],
  [
    'middleware on the whole path beside one that misses',
    nest([`app.setGlobalPrefix('api');`, mount, `app.use('/api/webhooks', webhookMiddleware(receiver));`]),
    [],
  ],
  [
    'a route that is left out of the prefix',
    nest([`app.setGlobalPrefix('api', { exclude: ['webhooks/stripe'] });`, mount]),
    [],
  ],
  [
    'routes that are left out by a wildcard, and by an object',
    nest([`app.setGlobalPrefix('api', { exclude: ['health', { path: 'webhooks/*path', method: 0 }] });`, mount]),
    [],
  ],
  [
    'another route that is left out',
    nest([`app.setGlobalPrefix('api', { exclude: ['webhooks/github', 'webhooks'] });`, mount]),
    missed,
  ],
  [
    'versions in the path, by a default',
    nest([`app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });`, mount]),
    missed,
  ],
  ['versions in the path, where no controller has one', nest([`app.enableVersioning();`, mount]), []],
  [
    'the version of a controller',
    nest([`app.enableVersioning();`, mount], controller(`{ path: 'webhooks', version: '2' }`)),
    missed,
  ],
  [
    'the version of a method, with prefixes of both kinds, and the whole path beside it',
    nest(
      [
        `app.setGlobalPrefix('/api/').enableVersioning({ type: VersioningType.URI, prefix: 'version-' });`,
        `app.use('/api/version-3/webhooks/stripe', webhookMiddleware(receiver));`,
      ],
      controller(`'webhooks'`, `@Version('3') @Post('stripe')`),
    ),
    [],
  ],
  [
    'the same without that version',
    nest(
      [
        `app.setGlobalPrefix('/api/').enableVersioning({ type: VersioningType.URI, prefix: 'version-' });`,
        `app.use('/api/webhooks/stripe', webhookMiddleware(receiver));`,
      ],
      controller(`'webhooks'`, `@Version('3') @Post('stripe')`),
    ),
    missed,
  ],
  [
    'a prefix alone before a route that has a version too',
    nest(
      [
        `app.setGlobalPrefix('api'); app.enableVersioning({ type: VersioningType.URI });`,
        `app.use('/api/webhooks/stripe', webhookMiddleware(receiver));`,
      ],
      controller(`{ path: 'webhooks', version: '1' }`),
    ),
    missed,
  ],
  [
    'a controller that is neutral, and versions in a header',
    {
      'a/main.ts': bootstrap(`app.enableVersioning({ type: VersioningType.HEADER, header: 'v' });`, mount),
      'a/hooks.controller.ts': controller(`{ path: 'webhooks', version: '1' }`),
    },
    [],
  ],
  [
    'a controller without a version where a default is set',
    nest(
      [`app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });`, mount],
      controller(`{ path: 'webhooks', version: VERSION_NEUTRAL }`),
    ),
    [],
  ],
  [
    'a prefix that comes from elsewhere',
    nest([`app.setGlobalPrefix(config.get('PREFIX'));`, mount]),
    ['main.ts:8 middleware_misses_route looks_like'],
  ],
  [
    'a controller that takes no deliveries',
    nest([`app.setGlobalPrefix('api');`, mount], controller(`'webhooks'`, `@Get('stripe')`)),
    [],
  ],
  ['no controller at all', nest([`app.setGlobalPrefix('api');`, mount], ''), []],
  [
    'a controller that verifies by itself',
    nest(
      [`app.setGlobalPrefix('api');`, mount],
      `import { Webhook } from '@countersign/nest';\n${controller(`'webhooks'`, `@Post('stripe') @Webhook('stripe')`)}`,
    ),
    [],
  ],
  [
    'a set-up in a file of its own',
    {
      'main.ts': bootstrap(`setUp(app);`, mount),
      'set-up.ts': `import type { INestApplication } from '@nestjs/common';
export const setUp = (app: INestApplication) => app.setGlobalPrefix('v1/api');
`,
      'hooks.controller.ts': controller(`['hooks', 'webhooks']`, `@All(['stripe'])`),
    },
    missed,
  ],
  [
    'forRoutes() with a path, to which Nest adds the prefix',
    nestModule(`'webhooks/stripe'`, [`app.setGlobalPrefix('api');`]),
    [],
  ],
  [
    'forRoutes() with a path that has the prefix already',
    nestModule(`'/api/webhooks/stripe'`, [`app.setGlobalPrefix('api');`]),
    missedByModule,
  ],
  [
    'forRoutes() with a path and a controller that has a version',
    nestModule(`'webhooks/stripe'`, [`app.enableVersioning();`], controller(`{ path: 'webhooks', version: '2' }`)),
    missedByModule,
  ],
  [
    'forRoutes() with a path and the default version',
    nestModule(`{ path: 'webhooks/stripe', method: RequestMethod.POST }`, [
      `app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });`,
    ]),
    [],
  ],
  [
    'forRoutes() with the version, and with the controller itself',
    nestModule(
      `{ path: 'webhooks/stripe', version: '2' }, Hooks`,
      [`app.enableVersioning();`],
      controller(`{ path: 'webhooks', version: '2' }`),
    ),
    [],
  ],
];

const verifying = (
  method = `@Post() @Webhook('github')`,
  more = '',
) => `import { Controller, Post } from '@nestjs/common';
import { VerifiedEvent, Webhook } from '@countersign/nest';
${more}@Controller('hooks')
export class Hooks {
  ${method}
  receive(@VerifiedEvent() event) { return event.id; }
}
`;
const appWith = (...calls: readonly string[]) => `import { NestFactory } from '@nestjs/core';
import { json } from 'express';
const app = await NestFactory.create(AppModule, { rawBody: true });
${calls.join('\n')}
`;
const parserFirst = ['main.ts:4 body_parser_first found'];
const verified: readonly Row[] = [
  [
    'a parser of its own',
    { 'main.ts': appWith(`app.use(json({ limit: '5mb' }));`), 'hooks.ts': verifying() },
    parserFirst,
  ],
  [
    'a parser of an app of Express beside it',
    {
      'main.ts': appWith('const metrics = express();', 'metrics.use(json());').replace('{ json }', 'express, { json }'),
      'hooks.ts': verifying(),
    },
    [],
  ],
  ['a parser on another path', { 'main.ts': appWith(`app.use('/api', json());`), 'hooks.ts': verifying() }, []],
  [
    "Nest's own parser with another limit",
    { 'main.ts': appWith(`app.useBodyParser('json', { limit: '5mb' });`), 'hooks.ts': verifying() },
    [],
  ],
  [
    'a parser in an app that verifies nothing in Nest',
    { 'main.ts': appWith('app.use(json());'), 'hooks.ts': controller() },
    [],
  ],
  [
    'raw bodies that depend on something',
    {
      'main.ts': appWith('').replace('rawBody: true', 'rawBody: flag'),
      'hooks.ts': verifying(),
    },
    ['main.ts:3 raw_body_off looks_like'],
  ],
  [
    'an event that nothing verifies',
    { 'main.ts': appWith(''), 'hooks.ts': verifying('@Post()') },
    ['hooks.ts:5 event_unverified found'],
  ],
  [
    'an event that a decorator of the project may verify',
    { 'main.ts': appWith(''), 'hooks.ts': verifying('@Post() @Mine()', `import { Mine } from './mine';\n`) },
    ['hooks.ts:6 event_unverified looks_like'],
  ],
  [
    'an event in a base class, of which another one may be the controller',
    {
      'main.ts': appWith(''),
      'hooks.ts': verifying('@Post()').replace(`@Controller('hooks')\nexport class`, 'export abstract class'),
    },
    ['hooks.ts:4 event_unverified looks_like'],
  ],
  [
    'an event that the controller verifies',
    { 'main.ts': appWith(''), 'hooks.ts': verifying('@Post()', `@Webhook('github')\n`) },
    [],
  ],
];

describe('Nest: a controller that verifies, and', () => {
  it.each(verified)('%s', async (_title, files, places) => {
    expect((await examine(files)).places).toEqual(places);
  });
});

describe('Nest: middleware of Countersign and', () => {
  it.each(nestApps)('%s', async (_title, files, places) => {
    const examined = await examine(files);
    // Middleware of a module comes behind Nest's own parser, which is another finding.
    expect(examined.places.filter((place) => !place.includes('raw_body_off'))).toEqual(places);
    expect(examined.notes).toEqual([]);
  });

  it('names the controller, its whole path, and the decorator that verifies where the controller is', async () => {
    const { findings } = await examine(nest([`app.setGlobalPrefix('api');`, mount]));
    expect(findings[0]?.what).toContain(
      '/api/webhooks/stripe (hooks.controller.ts:4), which setGlobalPrefix() has moved',
    );
    expect(findings[0]?.fix).toContain(`@Webhook('name') from @countersign/nest`);
  });
});
