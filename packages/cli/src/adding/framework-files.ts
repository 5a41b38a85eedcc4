/** The files of each framework: where they go, and the code of the route and its test. */

import { posix } from 'node:path';
import { describeScheme } from '@countersign/core/describe';
import { CliFailure } from '../frame/failure.ts';
import type { NewFile } from '../frame/new-files.ts';
import { printable } from '../frame/output.ts';
import type { AddedSender } from './added-sender.ts';
import type { AppFramework } from './app-framework.ts';
import type { AppProject } from './app-project.ts';
import { type ImportedNames, type ModuleParts, moduleText } from './module-text.ts';
import { environmentType, handlerCode, receiverModule, routeMethods } from './receiver-module.ts';
import { type RouteServing, testModule } from './test-module.ts';

/** The files for a sender in a framework, and what else is needed. */
export interface RouteFiles {
  readonly files: readonly NewFile[];
  /** The path of the test. */
  readonly test: string;
  /** The path of the URL. */
  readonly url: string;
  /** The rest that the app itself needs, as lines of code or sentences; empty if the framework finds the route. */
  readonly mount: readonly string[];
  /** Packages that the test needs in addition. */
  readonly devDependencies: readonly string[];
}

/** @throws CliFailure project_unknown, usage */
export function routeFiles(sender: AddedSender, project: AppProject): RouteFiles {
  return layouts[project.framework.id](sender, project);
}

const layouts: Readonly<Record<AppFramework['id'], (sender: AddedSender, project: AppProject) => RouteFiles>> = {
  express: (sender, project) =>
    mountedRoute(sender, project, {
      adapter: { from: '@countersign/express', names: ['webhook'] },
      makes: 'webhook',
      about: `Receives what ${sender.title} posts.`,
      mount: (name, url, method) => [
        '// Before app.use(express.json()), or any other body parser:',
        `app.${method}('${url}', ${name}());`,
      ],
      serving: (name, url) => ({
        imports: [
          { from: 'express', default: 'express' },
          { from: 'node:http', names: ['createServer'] },
          { from: 'node:net', types: ['AddressInfo'] },
        ],
        statusOf: servedStatus(`express().all('${url}', ${name}(env))`, url, project),
        environment: 'parameter',
      }),
      devDependencies: project.language === 'typescript' ? ['@types/express'] : [],
    }),
  fastify: (sender, project) =>
    mountedRoute(sender, project, {
      adapter: { from: '@countersign/fastify', names: ['webhook'] },
      makes: 'webhook',
      about: `Receives what ${sender.title} posts, as a plugin with a scope of its own.`,
      mount: (name, url) => [`app.register(${name}(), { url: '${url}' });`],
      serving: (name, url) => ({
        imports: [{ from: 'fastify', default: 'fastify' }],
        statusOf: [
          `const app = fastify();`,
          `app.register(${name}(env), { url: '${url}' });`,
          `const response = await app.inject(toInjectOptions(delivery));`,
          `return response.statusCode;`,
        ].join('\n'),
        environment: 'parameter',
      }),
    }),
  hono: (sender, project) =>
    mountedRoute(sender, project, {
      adapter: { from: '@countersign/hono', names: ['webhook'] },
      makes: 'webhook',
      about: `Receives what ${sender.title} posts.`,
      mount: (name, url, method) => [
        '// Before anything that reads the body, such as a validator:',
        `app.${method}('${url}', ${name}());`,
      ],
      serving: (name, url) => ({
        imports: [{ from: 'hono', names: ['Hono'] }],
        statusOf: [
          `const app = new Hono().all('${url}', ${name}(env));`,
          'const response = await app.request(toRequest(delivery));',
          'return response.status;',
        ].join('\n'),
        environment: 'parameter',
      }),
    }),
  fetch: (sender, project) =>
    mountedRoute(sender, project, {
      adapter: { from: '@countersign/http/fetch', names: ['fetchHandler'] },
      makes: 'fetchHandler',
      about: `Receives what ${sender.title} posts: a function from a Request to a Response.`,
      mount: (name, url) => [
        `const serve${sender.className} = ${name}();`,
        '// In your own fetch function, before anything reads the request; on Workers, pass env and ctx after it:',
        `if (new URL(request.url).pathname === '${url}') return serve${sender.className}(request);`,
      ],
      serving: (name) => ({
        imports: [],
        statusOf: [`const response = await ${name}(env)(toRequest(delivery));`, 'return response.status;'].join('\n'),
        environment: 'parameter',
      }),
    }),
  next: nextFiles,
  'svelte-kit': svelteKitFiles,
  nitro: nitroFiles,
  nest: nestFiles,
};

interface MountedRoute {
  readonly adapter: ImportedNames;
  readonly makes: string;
  readonly about: string;
  mount(name: string, url: string, method: 'post' | 'all'): readonly string[];
  serving(name: string, url: string): RouteServing;
  readonly devDependencies?: readonly string[];
}

/** For frameworks whose routes are mounted in code: the module exports a function that makes the route. */
function mountedRoute(sender: AddedSender, project: AppProject, framework: MountedRoute): RouteFiles {
  const { id, exportName, className } = sender;
  const { extension, importEnding, language } = project;
  const folder = project.target ?? `${sourceFolder(project)}webhooks`;
  const pathOf = (name: string) => `${folder}/${id}-${name}.${extension}`;
  const name = `${exportName}Webhook`;
  const url = `/webhooks/${id}`;
  const shown = shownFolder(project, folder);
  const isTyped = language === 'typescript';
  const receiver = { from: `./${id}-receiver${importEnding}`, names: [`create${className}Receiver`] };
  const route: ModuleParts = {
    about: [`${framework.about} Written by \`countersign add ${id}\`; change it as you like.`],
    imports: [framework.adapter, receiver],
    body: [
      ...(isTyped
        ? ['/** Makes the route. The variables are read when it is called. */']
        : [
            '/**',
            ' * Makes the route. The variables are read when it is called.',
            ' *',
            ` * @param {${environmentType}} [env]`,
            ' */',
          ]),
      `export function ${name}(env${isTyped ? `: ${environmentType}` : ''} = process.env) {`,
      `  return ${framework.makes}(create${className}Receiver(env), ${indented(handlerCode)});`,
      '}',
    ].join('\n'),
  };
  const serving = framework.serving(name, url);
  const own = { from: `./${id}-route${importEnding}`, names: [name] };
  const test = `${folder}/${id}-route.test.${extension}`;
  return {
    files: [
      { path: pathOf('receiver'), text: receiverModule(sender, project) },
      { path: pathOf('route'), text: moduleText(route, project) },
      {
        path: test,
        text: testModule(sender, project, receiver.from, { ...serving, imports: [own, ...serving.imports] }),
      },
    ],
    test,
    url,
    mount: [
      project.language === 'javascript' && project.modules === 'commonjs'
        ? `const { ${name} } = require('${shown}/${id}-route.${extension}');`
        : `import { ${name} } from '${shown}/${id}-route${importEnding}';`,
      ...framework.mount(name, url, routeMethods(sender).includes('GET') ? 'all' : 'post'),
    ],
    devDependencies: framework.devDependencies ?? [],
  };
}

function nextFiles(sender: AddedSender, project: AppProject): RouteFiles {
  const base = ['app', 'src/app'].find((path) => project.hasPath(path));
  if (base === undefined)
    throw new CliFailure(
      'project_unknown',
      'there is no folder app or src/app, the App Router of Next.js; for the Pages Router see docs/frameworks.md.',
    );
  const folder = routeFolder(project, base, sender.id);
  const { extension } = project;
  const route: ModuleParts = {
    about: [`Receives what ${sender.title} posts. Written by \`countersign add ${sender.id}\`; change it as you like.`],
    imports: [
      { from: '@countersign/next', names: ['webhook'] },
      { from: `./receiver${project.importEnding}`, names: [`create${sender.className}Receiver`] },
    ],
    body: [
      `export const POST = webhook(create${sender.className}Receiver(process.env), ${handlerCode});`,
      ...(routeMethods(sender).includes('GET')
        ? ['', `// ${sender.title} checks the URL with GET.`, 'export const GET = POST;']
        : []),
    ].join('\n'),
  };
  const test = `${folder}/route.test.${extension}`;
  return {
    files: [
      { path: `${folder}/receiver.${extension}`, text: receiverModule(sender, project) },
      { path: `${folder}/route.${extension}`, text: moduleText(route, project) },
      {
        path: test,
        text: testModule(sender, project, `./receiver${project.importEnding}`, {
          imports: [],
          statusOf: [
            '// Imported here, because the route reads its variables when it is imported.',
            `const { POST } = await import('./route${project.importEnding}');`,
            'const response = await POST(toRequest(delivery));',
            'return response.status;',
          ].join('\n'),
          environment: 'process',
        }),
      },
    ],
    test,
    // A folder in parentheses groups routes without a part of the URL.
    url: `/${folder.slice(base.length + 1).replace(/\([^)/]*\)\//g, '')}`,
    mount: ['next build runs the route, so the variables must be set during the build too.'],
    devDependencies: [],
  };
}

function svelteKitFiles(sender: AddedSender, project: AppProject): RouteFiles {
  const base = 'src/routes';
  if (!project.hasPath(base))
    throw new CliFailure('project_unknown', `there is no folder ${base}, the routes of SvelteKit.`);
  const folder = routeFolder(project, base, sender.id);
  const { extension, language, importEnding } = project;
  const isTyped = language === 'typescript';
  const create = `create${sender.className}Receiver`;
  const handler = (method: string) =>
    isTyped
      ? `export const ${method}: RequestHandler = ({ request }) => serve(request);`
      : `/** @type {import('@sveltejs/kit').RequestHandler} */\nexport const ${method} = ({ request }) => serve(request);`;
  const route: ModuleParts = {
    about: [`Receives what ${sender.title} posts. Written by \`countersign add ${sender.id}\`; change it as you like.`],
    imports: [
      { from: '@countersign/http/fetch', names: ['fetchHandler'], types: ['FetchHandler'] },
      { from: '$env/dynamic/private', names: ['env'] },
      { from: '@sveltejs/kit', types: ['RequestHandler'] },
      { from: `./receiver${importEnding}`, names: [create] },
    ],
    body: [
      ...(isTyped
        ? ['let handler: FetchHandler | undefined;']
        : ["/** @type {import('@countersign/http/fetch').FetchHandler | undefined} */", 'let handler;']),
      '',
      '// Made for the first request: a build imports the route, and has no secrets.',
      isTyped ? 'function serve(request: Request) {' : '/** @param {Request} request */\nfunction serve(request) {',
      `  handler ??= fetchHandler(${create}(env), ${indented(handlerCode)});`,
      '  return handler(request);',
      '}',
      '',
      routeMethods(sender).map(handler).join('\n'),
    ].join('\n'),
  };
  const test = `${folder}/server.test.${extension}`;
  const postsForms = !/json/i.test(sender.provider.contentType ?? 'application/json');
  return {
    files: [
      { path: `${folder}/receiver.${extension}`, text: receiverModule(sender, project) },
      { path: `${folder}/+server.${extension}`, text: moduleText(route, project) },
      {
        path: test,
        text: testModule(sender, project, `./receiver${importEnding}`, {
          imports: [{ from: `./+server${importEnding}`, names: ['POST'] }],
          statusOf: [
            isTyped
              ? 'const response = await POST({ request: toRequest(delivery) } as Parameters<typeof POST>[0]);'
              : 'const response = await POST(/** @type {any} */ ({ request: toRequest(delivery) }));',
            'return response.status;',
          ].join('\n'),
          environment: 'svelte-kit',
        }),
      },
    ],
    test,
    url: `/${folder.slice(base.length + 1).replace(/\([^)/]*\)\//g, '')}`,
    mount: postsForms
      ? [
          `SvelteKit answers 403 to forms and text/plain from other origins, which ${sender.title} posts; docs/frameworks.md names the setting.`,
        ]
      : [],
    devDependencies: [],
  };
}

function nitroFiles(sender: AddedSender, project: AppProject): RouteFiles {
  const { id, exportName, className, title } = sender;
  const { extension, importEnding } = project;
  const root = project.hasPath('server') ? 'server/' : '';
  const base = `${root}routes`;
  if (project.target !== undefined && !isWithin(project.target, base) && !isWithin(project.target, `${root}api`))
    throw new CliFailure('usage', `--dir must be in ${base} or ${root}api, where Nitro looks for routes.`);
  const folder = project.target ?? `${base}/webhooks`;
  const methods = routeMethods(sender);
  const route = `${folder}/${id}${methods.length > 1 ? '' : '.post'}.${extension}`;
  // Every file in the folder of the routes is a route.
  const others = `${root}webhooks`;
  const from = (file: string, to: string) => {
    const path = posix.relative(posix.dirname(file), to);
    return path.startsWith('.') ? path : `./${path}`;
  };
  const receiver = `${others}/${id}-receiver`;
  const test = `${others}/${id}-route.test.${extension}`;
  const create = `create${className}Receiver`;
  const routeStem = route.slice(0, -extension.length - 1);
  const parts: ModuleParts = {
    about: [`Receives what ${title} posts. Written by \`countersign add ${id}\`; change it as you like.`],
    imports: [
      { from: '@countersign/http/fetch', names: ['fetchHandler'] },
      { from: 'nitro/h3', names: ['defineHandler'] },
      { from: `${from(route, receiver)}${importEnding}`, names: [create] },
    ],
    body: [
      `const serve${className} = fetchHandler(${create}(process.env), ${handlerCode});`,
      '',
      `export default defineHandler((event) => serve${className}(event.req));`,
    ].join('\n'),
  };
  const path = folder.replace(new RegExp(`^${root}(?:routes/?)?`), '');
  return {
    files: [
      { path: `${receiver}.${extension}`, text: receiverModule(sender, project) },
      { path: route, text: moduleText(parts, project) },
      {
        path: test,
        text: testModule(sender, project, `./${id}-receiver${importEnding}`, {
          imports: [{ from: 'nitro/h3', names: ['H3'] }],
          statusOf: [
            '// Imported here, because the route reads its variables when it is imported.',
            `const { default: ${exportName}Webhook } = await import('${from(test, routeStem)}${importEnding}');`,
            `const app = new H3().all('/**', ${exportName}Webhook);`,
            'const response = await app.request(toRequest(delivery));',
            'return response.status;',
          ].join('\n'),
          environment: 'process',
        }),
      },
    ],
    test,
    url: `/${path === '' ? '' : `${path}/`}${id}`,
    mount: [],
    devDependencies: [],
  };
}

function nestFiles(sender: AddedSender, project: AppProject): RouteFiles {
  const { id, title, className, provider } = sender;
  const { extension, importEnding } = project;
  if (describeScheme(provider.scheme).each !== undefined)
    throw new CliFailure(
      'project_unknown',
      `${title} signs the events of a delivery one by one, which a controller's method cannot receive; docs/frameworks.md shows nodeHandler in NestJS.`,
    );
  const folder = project.target ?? `${sourceFolder(project)}webhooks`;
  const local = (name: string) => `./${id}.${name}${importEnding}`;
  const hasGet = routeMethods(sender).includes('GET');
  const method = hasGet ? 'All' : 'Post';
  const about = (what: string) => [`${what} Written by \`countersign add ${id}\`; change it as you like.`];
  const controller: ModuleParts = {
    about: about(`Receives what ${title} posts: each verified event once.`),
    imports: [
      { from: '@countersign/core', types: ['WebhookEvent'] },
      { from: '@countersign/nest', names: ['VerifiedEvent', 'Webhook'] },
      { from: '@nestjs/common', names: ['Controller', 'HttpCode', method] },
    ],
    body: [
      `@Controller('webhooks/${id}')`,
      `export class ${className}WebhookController {`,
      `  @${method}()`,
      '  @HttpCode(200)',
      `  @Webhook('${id}')`,
      '  async receive(@VerifiedEvent() event: WebhookEvent): Promise<void> {',
      "    // If this throws, the event is released, so that the sender's retry runs it again.",
      '    console.log(event.type, event.id);',
      '  }',
      '}',
    ].join('\n'),
  };
  const module: ModuleParts = {
    about: about(`The module of ${title}'s webhooks.`),
    imports: [
      { from: '@countersign/nest', names: ['WebhooksModule'] },
      { from: '@nestjs/common', names: ['Module'] },
      { from: local('controller'), names: [`${className}WebhookController`] },
      { from: local('receiver'), names: [`create${className}Receiver`] },
    ],
    body: [
      '@Module({',
      '  imports: [',
      '    WebhooksModule.forRootAsync({',
      '      isGlobal: false,',
      `      useFactory: () => ({ receivers: { '${id}': create${className}Receiver() } }),`.replace(
        /'([a-z]+)':/,
        '$1:',
      ),
      '    }),',
      '  ],',
      `  controllers: [${className}WebhookController],`,
      '})',
      `export class ${className}WebhookModule {}`,
    ].join('\n'),
  };
  const test = `${folder}/${id}.controller.spec.${extension}`;
  return {
    files: [
      { path: `${folder}/${id}.receiver.${extension}`, text: receiverModule(sender, project) },
      { path: `${folder}/${id}.controller.${extension}`, text: moduleText(controller, project) },
      { path: `${folder}/${id}.module.${extension}`, text: moduleText(module, project) },
      {
        path: test,
        text: testModule(sender, project, local('receiver'), {
          imports: [
            { from: '@nestjs/core', names: ['NestFactory'] },
            { from: local('module'), names: [`${className}WebhookModule`] },
          ],
          statusOf: [
            `const app = await NestFactory.create(${className}WebhookModule, { rawBody: true, logger: false, abortOnError: false });`,
            "await app.listen(0, '127.0.0.1');",
            'try {',
            `  const { search } = new URL(delivery.url);`,
            `  const url = \`\${await app.getUrl()}/webhooks/${id}\${search}\`;`,
            '  const response = await fetch(toRequest({ ...delivery, url }));',
            '  return response.status;',
            '} finally {',
            '  await app.close();',
            '}',
          ].join('\n'),
          environment: 'process',
        }),
      },
    ],
    test,
    url: `/webhooks/${id}`,
    mount: [
      `import { ${className}WebhookModule } from '${shownFolder(project, folder)}/${id}.module${importEnding}';`,
      `// In the imports of your AppModule: ${className}WebhookModule`,
      '// In main.ts, so that Nest keeps the signed bytes:',
      'const app = await NestFactory.create(AppModule, { rawBody: true });',
    ],
    devDependencies: [],
  };
}

/** `src/`, or nothing for a project without it. */
function sourceFolder({ hasPath }: AppProject): string {
  return hasPath('src') ? 'src/' : '';
}

/** The folder as an import from the usual place of the app's first file. */
function shownFolder(project: AppProject, folder: string): string {
  const path = posix.relative(sourceFolder(project), folder);
  return path.startsWith('.') ? path : `./${path}`;
}

/** A folder of its own for the route. @throws CliFailure usage */
function routeFolder({ target }: AppProject, base: string, id: string): string {
  if (target !== undefined && !isWithin(target, base))
    throw new CliFailure('usage', `--dir must be in ${base}, whose folders are the URL, not ${printable(target)}.`);
  return target === undefined ? `${base}/webhooks/${id}` : `${target}/${id}`;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Code of which all lines but the first are in a function. */
function indented(code: string): string {
  return code.replaceAll('\n', '\n  ');
}

/** Serves an app of Node on a free port for one delivery. */
function servedStatus(app: string, url: string, { language }: AppProject): string {
  const port = language === 'typescript' ? '(server.address() as AddressInfo).port' : 'server.address().port';
  return [
    `const server = createServer(${app});`,
    `await new Promise${language === 'typescript' ? '<void>' : ''}((resolve) => server.listen(0, '127.0.0.1', resolve));`,
    'try {',
    '  const { search } = new URL(delivery.url);',
    `  const url = \`http://127.0.0.1:\${${port}}${url}\${search}\`;`,
    '  const response = await fetch(toRequest({ ...delivery, url }));',
    '  return response.status;',
    '} finally {',
    '  server.close();',
    '}',
  ].join('\n');
}
