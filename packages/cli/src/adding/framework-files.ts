/** The files of each framework: where they go, and the code of the route and its test. */

import type { AddedSender } from './added-sender.ts';
import type { AppFramework } from './app-framework.ts';
import type { AppProject } from './app-project.ts';
import { nextFiles, nitroFiles, svelteKitFiles } from './file-routes.ts';
import { type ImportedNames, type ModuleParts, moduleText } from './module-text.ts';
import { nestFiles } from './nest-files.ts';
import { environmentType, handlerCode, receiverModule, routeMethods } from './receiver-module.ts';
import { indented, type RouteFiles, shownFolder, sourceFolder } from './route-files.ts';
import { type RouteServing, testModule, testProject } from './test-module.ts';

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
  const inTest = testProject(project);
  const test = `${folder}/${id}-route.test.${inTest.extension}`;
  return {
    files: [
      { path: pathOf('receiver'), text: receiverModule(sender, project) },
      { path: pathOf('route'), text: moduleText(route, project) },
      {
        path: test,
        text: testModule(sender, inTest, receiver.from, { ...serving, imports: [own, ...serving.imports] }),
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
