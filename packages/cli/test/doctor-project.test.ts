/** `countersign doctor --project`: what it finds in the source of small projects, and what it leaves alone. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readProject } from '../src/project/project-files.ts';
import { examine, examineFolder, type Files, writeProject } from './project-folders.ts';
import { runHere } from './run-cli.ts';

const receiver = `import { createReceiver } from '@countersign/core';
import { stripe } from '@countersign/providers/stripe';
const receiver = createReceiver({ provider: stripe, secrets: process.env.STRIPE_WEBHOOK_SECRET });
`;
/** Three lines of receiver, then Express on the fourth and fifth, so that the app begins on line 6. */
const express = `${receiver}import express from 'express';
import { webhook, webhookMiddleware } from '@countersign/express';
`;
const route = `app.post('/hooks/stripe', webhook(receiver, () => undefined));\n`;
const stripeByHand = `import Stripe from 'stripe';
const stripe = new Stripe(process.env.STRIPE_KEY);
`;

type Row = readonly [title: string, files: Files, places: readonly string[]];

const parsers: readonly Row[] = [
  [
    'a parser for all paths before the webhook',
    `${express}const app = express();\napp.use(express.json());\n${route}`,
    ['server.ts:7 body_parser_first found'],
  ],
  ['a parser behind the webhook', `${express}const app = express();\n${route}app.use(express.json());\n`, []],
  [
    'a parser on a path that covers the webhook',
    `${express}const app = express();\napp.use('/hooks', express.json());\n${route}`,
    ['server.ts:7 body_parser_first found'],
  ],
  [
    'a parser on another path',
    `${express}const app = express();\napp.use('/api', express.json());\napp.use('/hook', express.json());\n${route}`,
    [],
  ],
  [
    'a parser that keeps the raw bytes by its verify hook',
    `${express}const app = express();\napp.use(express.json({ verify: (q, s, bytes) => { q.rawBody = bytes; } }));\n${route}`,
    [],
  ],
  [
    'express.raw(), which keeps bytes',
    `${express}const app = express();\napp.use(express.raw({ type: () => true }));\n${route}`,
    [],
  ],
  [
    'express.raw() on the path of the webhook, and a parser for the rest behind it',
    `${express}const app = express();\napp.use('/hooks/stripe', express.raw({ type: '*/*' }));\napp.use(express.json());\n${route}`,
    [],
  ],
  [
    'express.raw() behind the parser, on another path, or for bytes that are no JSON',
    `${express}const app = express();
app.use('/other', express.raw({ type: '*/*' }));
app.use(express.raw());
app.use(express.json());
app.use('/hooks/stripe', express.raw({ type: 'application/json' }));
${route}`,
    ['server.ts:9 body_parser_first found'],
  ],
  [
    'express.raw() in the route alone, behind a parser for all',
    `${express}const app = express();\napp.use(express.json());\napp.post('/hooks/stripe', express.raw({ type: () => true }), webhook(receiver, () => undefined));\n`,
    ['server.ts:7 body_parser_first found'],
  ],
  [
    'a parser of forms, which JSON passes',
    `${express}const app = express();\napp.use(express.urlencoded({ extended: true }));\n${route}`,
    ['server.ts:7 body_parser_first looks_like'],
  ],
  [
    'a parser of forms and one of JSON, of which the one that matters is named',
    `${express}const app = express();\napp.use(express.urlencoded({ extended: true }));\napp.use(express.json({ limit: '1mb', type: 'application/json' }));\n${route}`,
    ['server.ts:8 body_parser_first found'],
  ],
  [
    'a parser of another type of content',
    `${express}const app = express();\napp.use(express.json({ type: 'application/vnd.api+json' }));\n${route}`,
    [],
  ],
  [
    'a parser on a path that cannot be read off the code',
    `${express}import { apiPath } from './paths.ts';\nconst app = express();\napp.use(apiPath, express.json());\napp.use(new RegExp('^/api'), express.json());\n${route}`,
    [],
  ],
  [
    'a parser that middleware leaves out for the webhook',
    `${express}const app = express();\napp.use((q, s, next) => (q.path === '/hooks/stripe' ? next() : express.json()(q, s, next)));\n${route}`,
    [],
  ],
  [
    'a parser whose options come from elsewhere',
    `${express}import { options } from './options.ts';\nconst app = express();\napp.use(express.json(options));\n${route}`,
    ['server.ts:8 body_parser_first looks_like'],
  ],
  [
    'a parser that is mounted on a condition',
    `${express}const app = express();\nif (process.env.PARSE) app.use(express.json());\n${route}`,
    ['server.ts:7 body_parser_first looks_like'],
  ],
  [
    'body-parser in CommonJS, by names taken out of it',
    {
      'app.cjs': `const express = require('express');
const { json, urlencoded } = require('body-parser');
const { webhook } = require('@countersign/express');
const app = express();
const parse = json({ limit: '1mb' });
app.use(parse, urlencoded({ extended: true }));
app.route('/hooks/:sender').post(webhook(receiver, handle));
module.exports = app;
`,
    },
    ['app.cjs:6 body_parser_first found'],
  ],
  [
    'json() imported from express, on a router',
    `${express}import { json, Router } from 'express';\nconst router = Router();\nrouter.use(json());\nrouter.post('/stripe', webhook(receiver, () => undefined));\n`,
    ['server.ts:8 body_parser_first found'],
  ],
  [
    'a parser in the same route',
    `${express}const app = express();\napp.post('/hooks/stripe', express.json(), webhook(receiver, () => undefined));\n`,
    ['server.ts:7 body_parser_first found'],
  ],
  [
    'a parser of one app and the webhook of another',
    `${express}const api = express();\napi.use(express.json());\nconst app = express();\n${route}`,
    [],
  ],
  [
    'a name that is an app in one function and another in the next',
    `${express}function first() { const app = express(); app.use(express.json()); }\nfunction second() { const app = express(); ${route} }\n`,
    [],
  ],
  [
    'a router of another file, mounted behind a parser',
    {
      'app.ts': `import express from 'express';\nimport hooks from './routes/hooks.js';\nconst app = express();\napp.use(express.json());\napp.use('/hooks', hooks);\n`,
      'routes/hooks.ts': `${express}const router = express.Router();\nrouter.post('/stripe', webhook(receiver, () => undefined));\nexport default router;\n`,
    },
    ['app.ts:4 body_parser_first found'],
  ],
  [
    'a router of another file, mounted before the parser',
    {
      'app.ts': `import express from 'express';\nimport hooks from './routes/hooks.js';\nconst app = express();\napp.use('/hooks', hooks);\napp.use(express.json());\n`,
      'routes/hooks.ts': `${express}const router = express.Router();\nrouter.post('/stripe', webhook(receiver, () => undefined));\nexport default router;\n`,
    },
    [],
  ],
  [
    'an app of another file that parses',
    {
      'app.ts': `import express from 'express';\nexport const app = express();\napp.use(express.json());\n`,
      'server.ts': `${express}import { app } from './app';\n${route}`,
    },
    ['app.ts:3 body_parser_first found'],
  ],
  [
    "Stripe's constructEvent behind a parser",
    `${stripeByHand}import express from 'express';
const app = express();
app.use(express.json());
app.post('/stripe', (req, res) => { stripe.webhooks.constructEvent(req.body, req.headers['stripe-signature'], process.env.S); });
`,
    ['server.ts:5 body_parser_first found'],
  ],
  [
    'a check by hand over what a hook has kept',
    `${stripeByHand}import express from 'express';
const app = express();
app.use(express.json());
app.post('/stripe', (req, res) => { stripe.webhooks.constructEvent(req.rawBody, req.headers['stripe-signature'], process.env.S); });
`,
    [],
  ],
  [
    'a check by hand with createHmac',
    `import { createHmac, timingSafeEqual } from 'node:crypto';
import express from 'express';
const app = express();
app.use(express.json());
const receive = (req, res) => {
  const mac = createHmac('sha256', process.env.S).update(req.body).digest();
  res.sendStatus(timingSafeEqual(mac, Buffer.from(req.get('x-signature'), 'hex')) ? 200 : 401);
};
app.post('/hook', receive);
`,
    ['server.ts:4 body_parser_first looks_like'],
  ],
  [
    'a MAC that has nothing to do with a webhook',
    `import { createHmac } from 'node:crypto';
import express from 'express';
const app = express();
app.use(express.json());
app.post('/login', (req, res) => res.json({ token: createHmac('sha256', process.env.S).update(req.body.name).digest('hex') }));
`,
    [],
  ],
  [
    "Nest's own parser, asked for before the webhook",
    `${receiver}import { NestFactory } from '@nestjs/core';
import { webhook, webhookMiddleware } from '@countersign/express';
const app = await NestFactory.create(AppModule);
app.useBodyParser('json');
app.use('/hooks/stripe', webhookMiddleware(receiver));
`,
    ['server.ts:7 body_parser_first found'],
  ],
  [
    'middleware of Hono that reads the body',
    `${receiver}import { Hono } from 'hono';
import { webhook, webhookMiddleware } from '@countersign/hono';
const app = new Hono();
app.use('*', async (c, next) => {
  console.log(await c.req.json());
  await next();
});
app.post('/hook', webhook(receiver, () => undefined));
`,
    ['server.ts:7 body_parser_first found'],
  ],
  [
    'middleware of Hono that reads it afterwards, and one that reads a clone',
    `${receiver}import { Hono } from 'hono';
import { webhook, webhookMiddleware } from '@countersign/hono';
const app = new Hono();
app.use(async (c, next) => { await next(); console.log(await c.req.json()); });
app.use(async (c, next) => { console.log(await c.req.raw.clone().json()); await next(); });
app.post('/hook', webhook(receiver, () => undefined));
`,
    [],
  ],
  [
    'a validator of Hono in the route',
    `${receiver}import { Hono } from 'hono';
import { zValidator } from '@hono/zod-validator';
import { webhook, webhookMiddleware } from '@countersign/hono';
const app = new Hono();
app.post('/hook', zValidator('json', schema), webhook(receiver, () => undefined));
app.post('/query', zValidator('query', schema), webhook(receiver, () => undefined));
`,
    ['server.ts:8 body_parser_first found'],
  ],
];

const bodies: readonly Row[] = [
  [
    'a body written anew for createHmac',
    `import { createHmac, timingSafeEqual } from 'node:crypto';
export function check(req) {
  const mac = createHmac('sha256', process.env.S).update(JSON.stringify(req.body)).digest();
  return timingSafeEqual(mac, Buffer.from(req.headers['x-signature'], 'hex'));
}
`,
    ['server.ts:3 body_rewritten found'],
  ],
  [
    'a body written anew over names, a template and a MAC in two steps',
    `import crypto from 'node:crypto';
export async function POST(request: Request) {
  const body = await request.json();
  const payload = JSON.stringify(body);
  const hmac = crypto.createHmac('sha256', process.env.S!);
  hmac.update(\`\${request.headers.get('x-signature-time')}.\${payload}\`);
}
`,
    ['server.ts:4 body_rewritten found'],
  ],
  [
    "Fastify's body written anew",
    `import { createHmac } from 'crypto';
fastify.post('/hook', async (request, reply) => {
  const { body } = request;
  const mac = createHmac('sha1', process.env.S).update(Buffer.from(JSON.stringify(body))).digest('hex');
  if (mac !== request.headers['x-hub-signature']) return reply.code(401).send();
});
`,
    ['server.ts:4 body_rewritten found'],
  ],
  [
    'a body written anew for constructEvent, for a Webhook and for a function that only sounds like it',
    `import { Webhook } from 'svix';
import { verifySignature } from './mine.js';
stripe.webhooks.constructEvent(JSON.stringify(req.body), signature, process.env.S);
new Webhook(process.env.S).verify(JSON.stringify(req.body), req.headers);
verifySignature(JSON.stringify(req.body), signature);
`,
    ['server.ts:3 body_rewritten found', 'server.ts:4 body_rewritten found', 'server.ts:5 body_rewritten looks_like'],
  ],
  [
    'a MAC over what is sent, or over the bytes',
    `import { createHmac } from 'node:crypto';
export const sign = (payload) => createHmac('sha256', process.env.S).update(JSON.stringify(payload)).digest('hex');
export const check = (req) => createHmac('sha256', process.env.S).update(req.body).digest('hex') + 'x-signature';
const body = JSON.stringify(req.body);
export const other = (req) => createHmac('sha256', process.env.S).update(req.body) && req.headers['x-signature'];
`,
    [],
  ],
  [
    'the parsed body itself',
    `stripe.webhooks.constructEvent(await request.json(), signature, process.env.S);
stripe.webhooks.constructEvent(await request.text(), signature, process.env.S);
`,
    ['server.ts:1 body_parsed found'],
  ],
  [
    'a route of the App Router that reads before it verifies',
    {
      'app/hook/route.ts': `${receiver}import { webhook, webhookMiddleware } from '@countersign/next';
const handle = webhook(receiver, () => undefined);
export async function POST(request: Request) {
  console.log(await request.json());
  return handle(request);
}
`,
    },
    ['app/hook/route.ts:7 body_read_first found'],
  ],
  [
    'a route of the App Router that reads a copy, or reads afterwards',
    {
      'app/hook/route.ts': `${receiver}import { webhook, webhookMiddleware } from '@countersign/next';
const handle = webhook(receiver, () => undefined);
export async function POST(request: Request) {
  console.log(await request.clone().json());
  return handle(request);
}
export const PUT = webhook(receiver, () => undefined);
`,
    },
    [],
  ],
];

const pages = `${receiver}import { webhook } from '@countersign/next/pages';
export default webhook(receiver, () => undefined);
`;
const controller = `${receiver}import { nodeHandler } from '@countersign/http/node';
import { Controller, Post, Req, Res } from '@nestjs/common';
const serve = nodeHandler(receiver, () => undefined);
@Controller('hooks')
export class Hooks {
  @Post() receive(@Req() request, @Res() response) { return serve(request, response); }
}
`;
const decorated = `import { VerifiedEvent, Webhook } from '@countersign/nest';
import { Controller, Post } from '@nestjs/common';
@Controller('hooks')
export class Hooks {
  @Post()
  @Webhook('stripe')
  receive(@VerifiedEvent() event) { return event.id; }
}
`;
const main = (options: string) => `import { NestFactory } from '@nestjs/core';
import { Hooks } from './hooks.controller';
const app = await NestFactory.create(AppModule${options});
`;

const frameworks: readonly Row[] = [
  ['an API route without its config', { 'pages/api/hook.ts': pages }, ['pages/api/hook.ts:5 body_parser_on found']],
  [
    'an API route with its config, and one in another folder',
    {
      'src/pages/api/hook.ts': `${pages}export const config = { api: { bodyParser: false } };\n`,
      'lib/hook.ts': pages,
    },
    [],
  ],
  [
    'an API route whose config leaves the parser on',
    { 'pages/api/hook.ts': `${pages}export const config = { api: { bodyParser: { sizeLimit: '1mb' } } };\n` },
    ['pages/api/hook.ts:5 body_parser_on found'],
  ],
  [
    'a Nest app that keeps no raw bytes',
    { 'main.ts': main(''), 'hooks.controller.ts': controller },
    ['main.ts:3 raw_body_off found'],
  ],
  [
    'a Nest app with options that may say it',
    { 'main.ts': main(', options'), 'hooks.controller.ts': controller },
    ['main.ts:3 raw_body_off looks_like'],
  ],
  [
    'a Nest app with @Webhook() that keeps no raw bytes',
    { 'main.ts': main(''), 'hooks.controller.ts': decorated },
    ['main.ts:3 raw_body_off found'],
  ],
  [
    'a Nest app with @Webhook() that keeps them, and takes larger bodies',
    {
      'main.ts': `${main(', { rawBody: true }')}app.useBodyParser('json', { limit: '1mb' });\n`,
      'hooks.controller.ts': decorated,
    },
    [],
  ],
  ['a Nest app that keeps them', { 'main.ts': main(', { rawBody: true }'), 'hooks.controller.ts': controller }, []],
  [
    'a Nest app with its parsers off',
    { 'main.ts': main(', { bodyParser: false }'), 'hooks.controller.ts': controller },
    [],
  ],
  [
    'a module of Node on the edge runtime, by way of another file',
    {
      'app/hook/route.ts': `import { check } from '../../lib/check';\nexport const runtime = 'edge';\nexport const POST = check;\n`,
      'lib/check.ts': `import type { Buffer } from 'node:buffer';\nimport { createHmac } from 'node:crypto';\nexport const check = () => createHmac('sha256', 'k'.repeat(32));\n`,
    },
    ['lib/check.ts:2 runtime_without_node found'],
  ],
  [
    'a module of Node on the runtime of Node',
    { 'app/hook/route.ts': `import { createHmac } from 'node:crypto';\nexport const runtime = 'nodejs';\n` },
    [],
  ],
  [
    'a store in memory in a Lambda function, and beside a configuration for functions',
    {
      'lambda.ts': `import { memoryStore } from '@countersign/core';\nimport { lambdaHandler } from '@countersign/http/aws-lambda';\nexport const dedupe = memoryStore();\n`,
      'web/vercel.json': '{}',
      'web/app/route.ts': `import { memoryStore } from '@countersign/core';\nexport const dedupe = memoryStore();\n`,
      'server/app.ts': `import { memoryStore } from '@countersign/core';\nexport const dedupe = memoryStore();\n`,
    },
    ['lambda.ts:3 memory_store_serverless looks_like', 'web/app/route.ts:2 memory_store_serverless looks_like'],
  ],
];

describe.each([
  ['body parsers', parsers],
  ['bodies', bodies],
  ['frameworks', frameworks],
] as const)('%s', (_, rows) => {
  it.each(rows)('%s', async (_title, files, places) => {
    const examined = await examine(files);
    expect(examined.places).toEqual(places);
    expect(examined.code).toBe(places.length === 0 ? 0 : 1);
    expect(examined.notes).toEqual([]);
  });
});

describe('a project', () => {
  const broken = `${express}const app = express();\napp.use(express.json());\n${route}`;

  it('is told where, how sure it is, what is wrong and what to do, and its pull request is annotated', async () => {
    const folder = writeProject(broken);
    const { code, stdout, stderr } = await runHere(['doctor', '--project', '--github'], { folder });
    expect([code, stderr]).toEqual([1, '']);
    const [place, what, fix] = stdout.split('\n');
    expect(place).toBe('server.ts:7: found body_parser_first');
    expect(what).toContain('express.json() runs before the webhook at /hooks/stripe (server.ts:8).');
    expect(fix).toContain('Move the webhook above it');
    expect(stdout).toContain('1 found, 0 that look like it, in 1 file of .');
    expect(stdout).toMatch(/^::error file=server\.ts,line=7,title=body_parser_first::express\.json\(\)/m);
  });

  it('that is sound ends with 0', async () => {
    const folder = writeProject(`${express}const app = express();\n${route}`);
    expect(await runHere(['doctor', '--project', folder])).toEqual({
      code: 0,
      stdout: `nothing found in 1 file of ${folder}\n`,
      stderr: '',
    });
  });

  it('is not run: a file that would write another is read alone', async () => {
    const folder = writeProject(`import { writeFileSync } from 'node:fs';\nwriteFileSync('ran', 'express');\n`);
    await examineFolder(folder);
    expect(readdirSync(folder)).toEqual(['server.ts']);
  });

  it('may hold files that cannot be parsed, which are named, and large ones, and what others have built', async () => {
    const files = {
      'broken.ts': `const express = = ;\n`,
      'large.js': `${'/* express */\n'.repeat(90_000)}`,
      'node_modules/a/index.js': broken,
      'dist/server.js': broken,
      '.next/server.js': broken,
      'test/server.ts': broken,
      'server.test.ts': broken,
      'flow.js': `// @flow\nimport type { A } from 'express';\nconst a = (b: A) => b;\n`,
      'view.jsx': `export const View = () => <p>express</p>;\n`,
    };
    const { code, places, notes } = await examine(files);
    expect({ code, places, notes }).toEqual({
      code: 0,
      places: [],
      notes: [
        'broken.ts was left out: it cannot be parsed.',
        expect.stringMatching(/^large\.js was left out: it has more/),
      ],
    });
  });

  it('with more files than are read says so', async () => {
    const folder = writeProject({ 'a.ts': broken, 'b.ts': broken, 'c.ts': broken });
    const { files, notes } = await readProject(folder, 2);
    expect([...files.keys()]).toEqual(['a.ts', 'b.ts']);
    expect(notes).toEqual([expect.stringMatching(/^There are more than 2 files; files from c\.ts on/)]);
    const small = await readProject(folder, 100, broken.length * 2);
    expect([...small.files.keys()]).toEqual(['a.ts', 'b.ts']);
    expect(small.notes).toEqual([expect.stringMatching(/^There are more than .* bytes to parse; files from c\.ts on/)]);
  });

  it('that is not there, is a file, or comes with a delivery, ends with 2 and one line', async () => {
    const folder = writeProject(broken);
    for (const [words, says] of [
      [['--project', join(folder, 'none')], /there is no such folder/],
      [['--project', join(folder, 'server.ts')], /it is a file/],
      [['--project', folder, '--raw', 'request.http'], /one after the other/],
    ] as const) {
      const { code, stdout, stderr } = await runHere(['doctor', ...words]);
      expect([code, stdout, stderr.split('\n').length]).toEqual([2, '', 2]);
      expect(stderr).toMatch(says);
    }
  });
});

describe('what is right', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const examples = readdirSync(join(root, 'examples')).filter((name) =>
    statSync(join(root, 'examples', name)).isDirectory(),
  );

  it.each(examples)('is found nothing against in the example %s', async (name) => {
    const { places } = await examineFolder(join(root, 'examples', name));
    // Its own comment says the same.
    expect(places).toEqual(name === 'lambda' ? ['handler.ts:11 memory_store_serverless looks_like'] : []);
  });

  it('is found nothing against in the code of the docs', async () => {
    const files: Record<string, string> = {};
    const guides = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.md'),
    );
    for (const path of guides) {
      const blocks = readFileSync(join(root, 'docs', path), 'utf8').matchAll(/^```(?:ts|js|tsx)\b[^\n]*\n(.*?)^```/gms);
      for (const [at, [, code = '']] of [...blocks].entries()) {
        // What stands on the page about testing stands in tests, secrets of tests among it.
        files[`${path.replace(/\W/g, '-')}-${at}.${path === 'testing.md' ? 'test.' : ''}ts`] = code;
      }
    }
    expect(Object.keys(files).length).toBeGreaterThan(100);
    const { places, notes } = await examine(files);
    expect(places).toEqual([]);
    expect(notes).toEqual([]);
  });
});
