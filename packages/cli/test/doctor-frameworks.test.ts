/** `countersign doctor --project`: what Nest, SvelteKit, Astro and Next.js do to a delivery before a route sees it. */

import { describe, expect, it } from 'vitest';
import { examine, type Files } from './project-folders.ts';

type Row = readonly [title: string, files: Files, places: readonly string[]];

const receiver = (preset: string, more = '') => `import { createReceiver } from '@countersign/core';
import { ${preset} } from '@countersign/providers/${preset}';
export const receiver = createReceiver({ provider: ${preset}, secrets: process.env.S${more} });
`;

/** Six lines up to the app; the calls given stand from line 7 on. */
const bootstrap = (...calls: readonly string[]) => `${receiver('stripe')}import { NestFactory } from '@nestjs/core';
import { webhook } from '@countersign/express';
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
const mount = `app.use('/webhooks/stripe', webhook(receiver));`;
const nest = (calls: readonly string[], hooks = controller()): Files => ({
  'main.ts': bootstrap(...calls),
  'hooks.controller.ts': hooks,
});
const missed = ['main.ts:8 middleware_misses_route found'];

const module = (routes: string) => `${receiver('stripe')}import { webhook } from '@countersign/express';
import { Module } from '@nestjs/common';
@Module({})
export class HooksModule {
  configure(consumer) {
    consumer.apply(webhook(receiver)).forRoutes(${routes});
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
    nest([`app.setGlobalPrefix('api');`, `app.use('/api/webhooks/stripe', webhook(receiver));`]),
    [],
  ],
  [
    'middleware on the whole path beside one that misses',
    nest([`app.setGlobalPrefix('api');`, mount, `app.use('/api/webhooks', webhook(receiver));`]),
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
        `app.use('/api/version-3/webhooks/stripe', webhook(receiver));`,
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
        `app.use('/api/webhooks/stripe', webhook(receiver));`,
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
        `app.use('/api/webhooks/stripe', webhook(receiver));`,
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

const svelteRoute = (preset: string) => `${receiver(preset)}import { fetchHandler } from '@countersign/http/fetch';
const serve = fetchHandler(receiver, () => undefined);
export const POST = ({ request }) => serve(request);
`;
const svelte = (config: string | undefined, preset: string, major = '2.70.0'): Files => ({
  'package.json': JSON.stringify({ devDependencies: { '@sveltejs/kit': `^${major}` } }),
  ...(config !== undefined && { 'svelte.config.js': config }),
  'src/routes/hook/+server.ts': svelteRoute(preset),
});
const kit = (inner: string) => `import adapter from '@sveltejs/adapter-node';
/** @type {import('@sveltejs/kit').Config} */
const config = {
  kit: {
    adapter: adapter(),
    ${inner}
  },
};
export default config;
`;
const viteConfig = (inner: string) => `import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
export default defineConfig({
  plugins: [sveltekit(${inner})],
});
`;

const svelteApps: readonly Row[] = [
  ['a sender of forms', svelte(kit(''), 'plivo'), ['svelte.config.js:4 csrf_check_on found']],
  ['a sender that may post forms', svelte(kit(''), 'twilio'), ['svelte.config.js:4 csrf_check_on looks_like']],
  ['a sender of JSON', svelte(kit(''), 'stripe'), []],
  ['a check that is off', svelte(kit('csrf: { checkOrigin: false },'), 'plivo'), []],
  ['a check that trusts all', svelte(kit(`csrf: { trustedOrigins: ['https://a.example', '*'] },`), 'plivo'), []],
  [
    'a check that trusts the address of the sender, which gives no Origin',
    svelte(kit(`csrf: { trustedOrigins: ['https://api.plivo.com'] },`), 'plivo'),
    ['svelte.config.js:6 csrf_check_on found'],
  ],
  [
    'a check that is on',
    svelte(kit('csrf: { checkOrigin: true },'), 'plivo'),
    ['svelte.config.js:6 csrf_check_on found'],
  ],
  [
    'a configuration that is put together elsewhere',
    svelte(`import { config } from './config.js';\nexport default { ...config };\n`, 'plivo'),
    ['svelte.config.js:2 csrf_check_on looks_like'],
  ],
  ['no configuration', svelte(undefined, 'plivo'), ['src/routes/hook/+server.ts:1 csrf_check_on looks_like']],
  [
    'SvelteKit 3, which takes its configuration from vite.config alone',
    {
      ...(svelte(undefined, 'plivo', '3.2.0') as Record<string, string>),
      'vite.config.ts': viteConfig(`{ csrf: { trustedOrigins: [] } }`),
    },
    ['vite.config.ts:4 csrf_check_on found'],
  ],
  [
    'SvelteKit 3 that trusts all',
    {
      ...(svelte(undefined, 'plivo', '3.2.0') as Record<string, string>),
      'vite.config.ts': viteConfig(`{ csrf: { trustedOrigins: ['*'] } }`),
    },
    [],
  ],
  [
    'both files, of which one switches it off',
    {
      ...(svelte(kit('csrf: { checkOrigin: false },'), 'plivo') as Record<string, string>),
      'vite.config.ts': viteConfig(''),
    },
    [],
  ],
  [
    'a receiver in $lib, in an app of a monorepo',
    {
      'apps/web/svelte.config.js': kit(''),
      'apps/web/src/lib/server/hooks.ts': receiver('awsSns').replaceAll('/awsSns', '/aws-sns'),
      'apps/web/src/routes/hook/+server.ts': `import { receiver } from '$lib/server/hooks';
import { fetchHandler } from '@countersign/http/fetch';
export const POST = ({ request }) => fetchHandler(receiver, () => undefined)(request);
`,
    },
    ['apps/web/svelte.config.js:4 csrf_check_on found'],
  ],
  [
    'a sender of forms that no route takes',
    {
      'svelte.config.js': kit(''),
      'src/hooks.ts': receiver('plivo'),
      'src/routes/+server.ts': `export const webhook = 1;\n`,
    },
    [],
  ],
];

const astroRoute = (
  preset: string,
  more = '',
) => `${receiver(preset)}import { fetchHandler } from '@countersign/http/fetch';
export const prerender = ${more === '' ? 'false' : more};
export const POST = ({ request }) => fetchHandler(receiver, () => undefined)(request);
`;
const astro = (inner: string, preset = 'plivo', major = '7.3.5', route = astroRoute(preset)): Files => ({
  'package.json': JSON.stringify({ dependencies: { astro: `^${major}` } }),
  'astro.config.mjs': `import { defineConfig } from 'astro/config';
export default defineConfig({
  output: 'server',
  ${inner}
});
`,
  'src/pages/hook.ts': route,
});

const astroApps: readonly Row[] = [
  ['a sender of forms', astro(''), ['astro.config.mjs:2 csrf_check_on found']],
  ['a sender of JSON', astro('', 'stripe'), []],
  ['a check that is off', astro('security: { checkOrigin: false },'), []],
  ['a check that is on', astro('security: { checkOrigin: true },'), ['astro.config.mjs:4 csrf_check_on found']],
  ['other measures', astro('security: { allowedDomains: [] },'), ['astro.config.mjs:4 csrf_check_on found']],
  ['Astro 4, in which it is off by default', astro('', 'plivo', '4.16.0'), []],
  [
    'Astro 4 with the check on',
    astro('security: { checkOrigin: true },', 'plivo', '4.16.0'),
    ['astro.config.mjs:4 csrf_check_on found'],
  ],
  ['a page that is made while it is built', astro('', 'plivo', '7.3.5', astroRoute('plivo', 'true')), []],
  [
    'a check that a variable decides on',
    astro('security: { checkOrigin: process.env.CHECK },'),
    ['astro.config.mjs:4 csrf_check_on looks_like'],
  ],
];

const nextRoute = (more: string) => `${receiver('stripe', more)}import { webhook } from '@countersign/next';
export const POST = webhook(receiver, () => undefined);
`;
const proxy = (matcher?: string) =>
  `export function proxy(request) { return undefined; }\n${matcher === undefined ? '' : `export const config = { matcher: ${matcher} };\n`}`;
const large = `,\n  maxBodyBytes: 20 * 1024 * 1024`;
const next = (parts: {
  matcher?: string;
  more?: string;
  config?: string;
  name?: string;
  major?: string;
  route?: string;
}): Files => ({
  'package.json': JSON.stringify({ dependencies: { next: parts.major ?? '16.4.6' } }),
  [parts.name ?? 'proxy.ts']: proxy(parts.matcher),
  ...(parts.config !== undefined && {
    'next.config.ts': `const config = { ${parts.config} };\nexport default config;\n`,
  }),
  [parts.route ?? 'app/api/(hooks)/stripe/route.ts']: nextRoute(parts.more ?? large),
});
const cut = ['app/api/(hooks)/stripe/route.ts:4 body_cut_short found'];

const nextApps: readonly Row[] = [
  ['a proxy for every path', next({}), cut],
  ['a receiver of no more than is kept', next({ more: '' }), []],
  ['a receiver of exactly as much', next({ more: `, maxBodyBytes: 10_485_760` }), []],
  ['a matcher that covers the route', next({ matcher: `'/api/:path*'` }), cut],
  [
    'a matcher that leaves the route out',
    next({ matcher: `['/about/:path*', '/dashboard', '/((?!api|_next/static).*)']` }),
    [],
  ],
  ['a matcher by a negative group that covers it', next({ matcher: `['/((?!_next/static|favicon.ico).*)']` }), cut],
  [
    'a matcher that asks for a cookie',
    next({ matcher: `[{ source: '/api/:path+', has: [{ type: 'cookie', key: 'a' }] }]` }),
    ['app/api/(hooks)/stripe/route.ts:4 body_cut_short looks_like'],
  ],
  [
    'a matcher that comes from elsewhere',
    next({ matcher: 'paths' }),
    ['app/api/(hooks)/stripe/route.ts:4 body_cut_short looks_like'],
  ],
  ['a limit that is high enough', next({ config: `experimental: { proxyClientMaxBodySize: '20mb' }` }), []],
  [
    'a limit that is lower than the receiver takes by default',
    next({ config: `experimental: { proxyClientMaxBodySize: '500kb' }`, more: '' }),
    ['next.config.ts:1 body_cut_short found'],
  ],
  [
    'middleware of Next.js 15, by its older name',
    next({
      name: 'src/middleware.ts',
      major: '^15.5.0',
      route: 'src/app/api/stripe/route.ts',
      config: `experimental: { middlewareClientMaxBodySize: 1048575 }`,
    }),
    ['next.config.ts:1 body_cut_short looks_like'],
  ],
  ['Next.js 14, which keeps bodies of any size', next({ name: 'middleware.ts', major: '14.2.0' }), []],
  ['no proxy', next({ name: 'lib/proxy.ts' }), []],
];

describe.each([
  ['Nest: middleware of Countersign and', nestApps],
  ['SvelteKit:', svelteApps],
  ['Astro:', astroApps],
  ['Next.js:', nextApps],
] as const)('%s', (_, rows) => {
  it.each(rows)('%s', async (_title, files, places) => {
    const examined = await examine(files);
    expect(examined.places.filter((place) => !place.includes('raw_body_off'))).toEqual(places);
    expect(examined.notes).toEqual([]);
  });
});

describe('what is found', () => {
  it('names the controller, its whole path, and the decorator that verifies where the controller is', async () => {
    const { findings } = await examine(nest([`app.setGlobalPrefix('api');`, mount]));
    expect(findings[0]?.what).toContain(
      '/api/webhooks/stripe (hooks.controller.ts:4), which setGlobalPrefix() has moved',
    );
    expect(findings[0]?.fix).toContain(`@Webhook('name') of @countersign/nest`);
  });

  it('names the option of the framework’s own version', async () => {
    const fixOf = async (files: Files) => (await examine(files)).findings[0]?.fix;
    expect(await fixOf(svelte(kit(''), 'plivo'))).toContain("kit: { csrf: { trustedOrigins: ['*'] } }");
    expect(await fixOf(svelte(undefined, 'plivo', '3.0.0'))).toContain('vite.config.js: sveltekit({ csrf:');
    expect(await fixOf(astro(''))).toContain('security: { checkOrigin: false }');
    expect(await fixOf(next({}))).toContain('experimental: { proxyClientMaxBodySize: 20971520 }');
    expect(await fixOf(next({ name: 'middleware.ts', major: '15.5.9' }))).toContain('middlewareClientMaxBodySize');
  });
});
