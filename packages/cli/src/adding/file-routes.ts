/** The files of frameworks whose folders are their URLs: Next.js, SvelteKit, Nitro. */

import { posix } from 'node:path';
import { CliFailure } from '../frame/failure.ts';
import type { AddedSender } from './added-sender.ts';
import type { AppProject } from './app-project.ts';
import { type ModuleParts, moduleText } from './module-text.ts';
import { handlerCode, receiverModule, routeMethods } from './receiver-module.ts';
import { indented, isWithin, type RouteFiles, routeFolder } from './route-files.ts';
import { testModule } from './test-module.ts';

/** @throws CliFailure project_unknown, usage */
export function nextFiles(sender: AddedSender, project: AppProject): RouteFiles {
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

/** @throws CliFailure project_unknown, usage */
export function svelteKitFiles(sender: AddedSender, project: AppProject): RouteFiles {
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

/** @throws CliFailure usage */
export function nitroFiles(sender: AddedSender, project: AppProject): RouteFiles {
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
