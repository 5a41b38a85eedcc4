/** `countersign doctor --project`: what frameworks and platforms do to a delivery before a route sees it. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { examine, type Files } from './project-folders.ts';

type Row = readonly [title: string, files: Files, places: readonly string[]];

const receiver = (preset: string, more = '') => `import { createReceiver } from '@countersign/core';
import { ${preset} } from '@countersign/providers/${preset}';
export const receiver = createReceiver({ provider: ${preset}, secrets: process.env.S${more} });
`;

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

const limited = (more: string, env?: string, config = kit('')): Files => ({
  'svelte.config.js': config,
  ...(env !== undefined && { '.env': env }),
  'src/routes/hook/+server.ts': svelteRoute('stripe').replace('process.env.S', `process.env.S${more}`),
});
const largeRoute = 'src/routes/hook/+server.ts:3 body_limit_low looks_like';

const svelteLimits: readonly Row[] = [
  ['both at their defaults', limited(''), []],
  ['a receiver of more than adapter-node lets through', limited(', maxBodyBytes: 600_000'), [largeRoute]],
  ['a receiver of exactly as much', limited(', maxBodyBytes: 512 * 1024'), []],
  ['a limit that is high enough', limited(', maxBodyBytes: 2 ** 20', 'BODY_SIZE_LIMIT=1M\n'), []],
  ['no limit at all', limited(', maxBodyBytes: 2 ** 20', 'BODY_SIZE_LIMIT=Infinity\n'), []],
  [
    'a limit that is lower than the receiver takes by default',
    limited('', 'PORT=1\nBODY_SIZE_LIMIT="1000000"\n'),
    ['.env:2 body_limit_low looks_like'],
  ],
  [
    'another adapter',
    limited(', maxBodyBytes: 2 ** 20', undefined, kit('').replace('adapter-node', 'adapter-vercel')),
    [],
  ],
];

const koa = (...lines: string[]) => `import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import { koaBody } from 'koa-body';
import Router from '@koa/router';
import { nodeHandler } from '@countersign/http/node';
const app = new Koa();
const router = new Router();
const serve = nodeHandler(receiver, () => undefined);
${lines.join('\n')}
`;
const koaRoute = `router.post('/hook', (ctx) => { ctx.respond = false; return serve(ctx.req, ctx.res); });`;

const koaApps: readonly Row[] = [
  [
    'a parser before the webhook',
    koa('app.use(bodyParser());', 'app.use((ctx) => serve(ctx.req, ctx.res));'),
    ['server.ts:9 body_parser_first found'],
  ],
  ['a parser after it', koa('app.use((ctx) => serve(ctx.req, ctx.res));', 'app.use(bodyParser());'), []],
  [
    'a parser before the routes of a router',
    koa(koaRoute, 'app.use(koaBody());', 'app.use(router.routes());'),
    ['server.ts:10 body_parser_first found'],
  ],
  ['a parser after the routes of a router', koa(koaRoute, 'app.use(router.routes());', 'app.use(koaBody());'), []],
  [
    'a parser of forms, which leaves JSON alone',
    koa(`app.use(bodyParser({ enableTypes: ['form'] }));`, 'app.use((ctx) => serve(ctx.req, ctx.res));'),
    ['server.ts:9 body_parser_first looks_like'],
  ],
  [
    'a parser whose list has JSON',
    koa(`app.use(bodyParser({ enableTypes: ['form', 'json'] }));`, 'app.use((ctx) => serve(ctx.req, ctx.res));'),
    ['server.ts:9 body_parser_first found'],
  ],
];

const nitro = (parts: { imports?: string; made?: string; versions?: Record<string, string> }): Files => ({
  'package.json': JSON.stringify({ dependencies: parts.versions ?? { nuxt: '^4.5.2' } }),
  'server/routes/hook.post.ts': `import { fetchHandler } from '@countersign/http/fetch';
${parts.imports ?? ''}
const serve = fetchHandler(receiver, () => undefined);
export default defineEventHandler((event) => serve(${parts.made ?? 'toWebRequest(event)'}));
`,
});
const made = ['server/routes/hook.post.ts:4 request_ends_process looks_like'];

const nitroApps: readonly Row[] = [
  ['the Request of h3 1, which Nuxt imports by itself', nitro({}), made],
  [
    'the Request of h3 1, imported',
    nitro({ imports: `import { toWebRequest } from 'h3';`, versions: { h3: '^1.15.11' } }),
    made,
  ],
  ['h3 2', nitro({ imports: `import { toWebRequest } from 'h3';`, versions: { h3: '^2.0.8' } }), []],
  ['Nitro 3', nitro({ versions: { nitro: '3.0.0' } }), []],
  ['the Request of the platform', nitro({ made: 'event.web.request' }), []],
  ['a function of the app by the same name', nitro({ imports: `import { toWebRequest } from './own';` }), []],
];

const edge = (config: string | undefined, code?: string, folder = ''): Files => ({
  ...(config !== undefined && { [`${folder}supabase/config.toml`]: config }),
  [`${folder}supabase/functions/stripe/index.ts`]:
    code ??
    `import { fetchHandler } from 'npm:@countersign/http@0.1.0/fetch';
const serve = fetchHandler(receiver, () => undefined);
Deno.serve((request) => serve(request));
`,
});
const open = `project_id = 'a'\n[functions.stripe] # the webhook\nimport_map = './deno.json'\nverify_jwt = false\n`;
const checked = ['supabase/functions/stripe/index.ts:1 token_check_on looks_like'];

const edgeFunctions: readonly Row[] = [
  ['no configuration', edge(undefined), checked],
  ['a configuration of another function', edge(open.replace('functions.stripe', 'functions.other')), checked],
  ['a check that is on', edge(open.replace('= false', '= true')), checked],
  ['a check that is off further down', edge(`[functions.stripe]\n${open.replace('stripe', 'other')}`), checked],
  ['a check that is off in a comment', edge(open.replace('verify', '# verify')), checked],
  ['a check that is off', edge(open), []],
  ['a check that is off, in an app of a monorepo', edge(open, undefined, 'apps/web/'), []],
  [
    'a signature that is checked by hand',
    edge(undefined, `Deno.serve(async (r) => { await stripe.webhooks.constructEventAsync(await r.text(), s, w); });\n`),
    checked,
  ],
  ['a function that is not a webhook', edge(undefined, `Deno.serve(() => new Response('webhook'));\n`), []],
];

describe.each([
  ['SvelteKit:', svelteApps],
  ['Astro:', astroApps],
  ['Next.js:', nextApps],
  ['The limit of SvelteKit’s adapter-node:', svelteLimits],
  ['Koa:', koaApps],
  ['Nitro and Nuxt:', nitroApps],
  ['Supabase:', edgeFunctions],
] as const)('%s', (_, rows) => {
  it.each(rows)('%s', async (_title, files, places) => {
    const examined = await examine(files);
    expect(examined.places).toEqual(places);
    expect(examined.notes).toEqual([]);
  });
});

describe('what is found', () => {
  it('names the option of the framework’s own version', async () => {
    const fixOf = async (files: Files) => (await examine(files)).findings[0]?.fix;
    expect(await fixOf(svelte(kit(''), 'plivo'))).toContain("kit: { csrf: { trustedOrigins: ['*'] } }");
    expect(await fixOf(svelte(undefined, 'plivo', '3.0.0'))).toContain('vite.config.js: sveltekit({ csrf:');
    expect(await fixOf(astro(''))).toContain('security: { checkOrigin: false }');
    expect(await fixOf(next({}))).toContain('experimental: { proxyClientMaxBodySize: 20971520 }');
    expect(await fixOf(next({ name: 'middleware.ts', major: '15.5.9' }))).toContain('middlewareClientMaxBodySize');
  });
});

/** The examples are built and posted to by their own tests, with and without the setting. */
describe('the examples of frameworks that check the Origin', () => {
  const examples = new URL('../../../examples/', import.meta.url);
  const read = (path: string) => readFileSync(new URL(path, examples), 'utf8');
  const apps = [
    ['sveltekit', 'vite.config.ts', 'src/routes/webhooks/github/+server.ts'],
    ['astro', 'astro.config.ts', 'src/pages/webhooks/github.ts'],
  ] as const;

  it.each(apps)(
    '%s: finds the configuration that answers 403, and nothing with the one that does not',
    async (name, config, route) => {
      const manifest = read(`${name}/package.json`);
      const filesWith = (path: string) => ({
        'package.json': manifest,
        [config]: read(`${name}/${path}`),
        [route]: read(`${name}/${route}`),
      });
      expect((await examine(filesWith(config))).places).toEqual([]);
      const { places } = await examine(filesWith('test/with-check.config.ts'));
      expect(places).toEqual([expect.stringMatching(/config\.ts:\d+ csrf_check_on looks_like$/)]);
    },
  );
});
