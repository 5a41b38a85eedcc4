/** `countersign migrate`: rewritten code compiles, accepts what the sender's own package signs, refuses the rest; and what it leaves alone. */

import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileIn, installIn, runIn } from './app-folders.ts';
import { type Example, examples, secret } from './migrate-examples.ts';
import { writeProject } from './project-folders.ts';
import { runHere } from './run-cli.ts';

let project: string;
beforeAll(async () => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-migrate-')));
  const dependencies = {
    express: '^5.1.0',
    stripe: '*',
    svix: '*',
    standardwebhooks: '*',
    '@octokit/webhooks': '*',
    '@clerk/backend': '*',
  };
  const types = { '@types/express': '*', '@types/node': '*' };
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ type: 'module', dependencies: { ...dependencies, ...types } }),
  );
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    types: ['node'],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  writeFileSync(join(project, 'drive.mjs'), driver);
  await installIn(project, {
    install: {
      dependencies: ['@countersign/core', '@countersign/providers', '@countersign/express'],
      devDependencies: [],
      commands: [],
    },
  });
}, 300_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Posts deliveries to a file's app, and prints the statuses. */
const driver = `
import { createServer } from 'node:http';
const [file, ...deliveries] = process.argv.slice(2);
const { app, POST } = await import(new URL(file, import.meta.url));
const server = app === undefined ? undefined : createServer(app);
if (server) await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const statuses = [];
for (const text of deliveries) {
  const { headers, body } = JSON.parse(text);
  const url = server ? \`http://127.0.0.1:\${server.address().port}/hook\` : 'http://localhost/hook';
  const request = new Request(url, { method: 'POST', headers, body });
  statuses.push((await (server ? fetch(request) : POST(request))).status);
}
console.log('statuses ' + JSON.stringify(statuses));
server?.close();
server?.closeAllConnections();
`;

const body = JSON.stringify({
  id: 'evt_1',
  type: 'invoice.paid',
  object: 'event',
  ref: 'refs/heads/main',
  data: { object: { id: 'in_1' } },
});

/** Signed by the sender's package, not by ours. */
function deliveryOf(signer: Example['signer'], key: string): string {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const now = new Date();
  if (signer === 'stripe') {
    const { webhooks } = new Stripe('sk_test_unused');
    headers['stripe-signature'] = webhooks.generateTestHeaderString({ payload: body, secret: key });
  } else if (signer === 'github') {
    headers['x-hub-signature-256'] = `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
    Object.assign(headers, { 'x-github-event': 'push', 'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958' });
  } else {
    const prefix = signer === 'svix' ? 'svix' : 'webhook';
    headers[`${prefix}-id`] = 'msg_1';
    headers[`${prefix}-timestamp`] = String(Math.floor(now.getTime() / 1000));
    headers[`${prefix}-signature`] = new Webhook(key).sign('msg_1', now, body);
  }
  return JSON.stringify({ headers, body });
}

const otherSecret = 'whsec_YW5vdGhlciBzZWNyZXQgb2YgdGhpcyB0ZXN0IDAxMjM0NTY3ODk=';

async function statusesOf({ signer }: Example, file: string): Promise<unknown> {
  const deliveries = [deliveryOf(signer, secret), deliveryOf(signer, otherSecret)];
  const { output } = await runIn(project, ['--env-file=.env', 'drive.mjs', `./${file}`, ...deliveries]);
  const found = /statuses (.+)/.exec(output)?.[1];
  return found === undefined ? output : JSON.parse(found);
}

describe.each(examples)('$title', (example) => {
  const { file, code, statuses, after = statuses, has, lacks } = example;

  test('is rewritten, compiles, and gives the answers that it gave before', async () => {
    const path = join(project, file);
    writeFileSync(join(project, '.env'), `HOOK_SECRET=${secret}\n`);
    writeFileSync(path, code);
    expect(await statusesOf(example, file)).toEqual(statuses);
    const { code: exitCode, stdout, stderr } = await runHere(['migrate', file], { folder: project });
    expect({ exitCode, stderr, isRewritten: stdout.includes(`rewrote ${file}:`) }).toEqual({
      exitCode: 0,
      stderr: '',
      isRewritten: true,
    });
    const text = readFileSync(path, 'utf8');
    for (const line of has) expect(text).toContain(line);
    for (const gone of lacks) expect(text).not.toContain(gone);
    if (file.endsWith('.ts')) expect(await compileIn(project)).toEqual({ code: 0, output: '' });
    expect(await statusesOf(example, file)).toEqual(after);
    // Once more, there is nothing left to do.
    const again = await runHere(['migrate', file], { folder: project });
    expect(again.stdout).toContain('no calls of other verification libraries were found.');
    expect(readFileSync(path, 'utf8')).toBe(text);
    rmSync(path);
  }, 120_000);
});

test('the control: a rewritten file that verifies nothing would be noticed', async () => {
  const example = examples[0] as Example;
  const path = join(project, 'control.ts');
  writeFileSync(join(project, '.env'), `HOOK_SECRET=${secret}\n`);
  writeFileSync(path, example.code);
  await runHere(['migrate', 'control.ts'], { folder: project });
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace(
      /\(await stripeReceiver\.verify\(.*?\)\)\.payload/,
      'JSON.parse(req.body.toString() + (sig, stripeReceiver && ""))',
    ),
  );
  expect(await statusesOf(example, 'control.ts')).toEqual([200, 200]);
  rmSync(path);
}, 60_000);

describe('left alone, with a line', () => {
  const stripeIn = (call: string, around = 'async') =>
    `import Stripe from 'stripe';\nconst stripe = new Stripe('k');\nexport ${around} function handle(body: string, sig: string, secret: string, tolerance: number) {\n  return ${call};\n}\n`;
  const known = 'process.env.HOOK_SECRET!';

  test.each<[title: string, file: string, text: string, line: number, says: string]>([
    [
      'a secret of the function',
      'a.ts',
      stripeIn('stripe.webhooks.constructEvent(body, sig, secret)'),
      4,
      'only known inside a function',
    ],
    [
      'a tolerance that is not a number',
      'a.ts',
      stripeIn(`stripe.webhooks.constructEvent(body, sig, ${known}, tolerance)`),
      4,
      'toleranceSeconds',
    ],
    [
      'no tolerance at all',
      'a.ts',
      stripeIn(`stripe.webhooks.constructEvent(body, sig, ${known}, 0)`),
      4,
      'toleranceSeconds',
    ],
    [
      'a function that is not async',
      'a.ts',
      stripeIn(`stripe.webhooks.constructEvent(body, sig, ${known})`, ''),
      4,
      'is not async',
    ],
    [
      'a promise that is not awaited',
      'a.ts',
      stripeIn(`stripe.webhooks.constructEventAsync(body, sig, ${known})`),
      4,
      'not awaited',
    ],
    [
      'a body that was parsed',
      'a.ts',
      stripeIn(`stripe.webhooks.constructEvent(JSON.stringify(body), sig, ${known})`),
      4,
      'has been parsed',
    ],
    [
      'a handler that is not async, in Express 4',
      'a.cjs',
      "const stripe = require('stripe')('k');\nconst app = require('express')();\napp.post('/x', (req, res) => {\n  stripe.webhooks.constructEvent(req.body, 's', process.env.A);\n});\n",
      4,
      'is not async',
    ],
    [
      "Svix with the request's own headers, of a sender that is not known",
      'a.ts',
      "import { Webhook } from 'svix';\nexport async function POST(req: Request) {\n  const wh = new Webhook(process.env.A!);\n  return wh.verify(await req.text(), req.headers as any);\n}\n",
      4,
      'svix- or webhook-',
    ],
    [
      'a verifier in a field',
      'a.ts',
      "import { Webhook } from 'standardwebhooks';\nexport class Hooks {\n  readonly #webhook = new Webhook(process.env.A!);\n  check(body: string, headers: Record<string, string>) {\n    return this.#webhook.verify(body, headers);\n  }\n}\n",
      3,
      'not seen from here',
    ],
    [
      'the middleware of GitHub on a server of its own',
      'a.ts',
      "import { createServer } from 'node:http';\nimport { createNodeMiddleware, Webhooks } from '@octokit/webhooks';\nconst webhooks = new Webhooks({ secret: process.env.A! });\ncreateServer(createNodeMiddleware(webhooks)).listen(3000);\n",
      4,
      'nodeHandler(receiver',
    ],
    [
      'the middleware of GitHub after a body parser',
      'a.ts',
      "import { createNodeMiddleware, Webhooks } from '@octokit/webhooks';\nimport express from 'express';\nconst webhooks = new Webhooks({ secret: process.env.A! });\nconst app = express();\napp.use(express.json());\napp.use(createNodeMiddleware(webhooks));\n",
      6,
      'a body parser runs before it (line 5)',
    ],
    [
      'webhooks of an app',
      'a.ts',
      "import { app } from './app.js';\nexport const run = (e: any) => app.webhooks.verifyAndReceive(e);\n",
      2,
      'made elsewhere',
    ],
    [
      'Clerk in Fastify',
      'a.ts',
      "import { verifyWebhook } from '@clerk/fastify/webhooks';\nexport const run = async (req: any) => await verifyWebhook(req);\n",
      2,
      'docs/migration.md',
    ],
  ])('%s', async (_, file, text, line, says) => {
    const folder = writeProject({ [file]: text, 'package.json': '{ "dependencies": { "express": "^4.21.0" } }' });
    const { code, stdout } = await runHere(['migrate', '--json'], { folder });
    const { left, rewritten, written, changes } = JSON.parse(stdout);
    expect({ code, rewritten, written, changes, left: left.length }).toEqual({
      code: 1,
      rewritten: [],
      written: false,
      changes: [],
      left: 1,
    });
    expect(left[0]).toMatchObject({ file, line });
    expect(left[0].fix).toContain(says);
    expect(readFileSync(join(folder, file), 'utf8')).toBe(text);
    expect((await runHere(['migrate'], { folder })).stdout).toContain(`left ${file}:${line} `);
  });

  test('two calls, one inside the other', async () => {
    const text =
      "import { Webhook } from 'standardwebhooks';\nconst wh = new Webhook(process.env.A!);\nexport const f = async (a: string, h: any) => wh.verify(String(wh.verify(a, h)), h);\n";
    const folder = writeProject({ 'a.ts': text });
    const { code, stdout } = await runHere(['migrate', '--json'], { folder });
    expect({ code, left: JSON.parse(stdout).left.length }).toEqual({ code: 1, left: 2 });
    expect(readFileSync(join(folder, 'a.ts'), 'utf8')).toBe(text);
  });

  test('what only looks like it: other methods of these names, tests, and packages', async () => {
    const folder = writeProject({
      'a.ts':
        "import { verify } from './verify.js';\nexport const one = async (wh: any, stripe: any) => [wh.verify('a', {}), stripe.constructEvent('webhook'), verify()];\n",
      'node_modules/x/index.js': 'stripe.webhooks.constructEvent(a, b, c);\n',
      'test/a.test.ts': 'stripe.webhooks.constructEvent(a, b, c);\n',
    });
    const { code, stdout } = await runHere(['migrate'], { folder });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'no calls of other verification libraries were found.\n' });
  });
});

describe('the text of a file', () => {
  const code = (examples[3] as Example).code;

  test('--dry-run prints the changes and writes nothing', async () => {
    const folder = writeProject({ 'route.ts': code });
    const { stdout, code: exitCode } = await runHere(['migrate', '--dry-run'], { folder });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('would rewrite route.ts:12 Webhook.verify of svix');
    expect(stdout).toContain("- import { Webhook } from 'svix';");
    expect(stdout).toContain('-   const wh = new Webhook(WEBHOOK_SECRET);');
    expect(stdout).not.toContain("svix-timestamp'");
    expect(readFileSync(join(folder, 'route.ts'), 'utf8')).toBe(code);
  });

  test('keeps line endings, a byte order mark, and every line that is not part of a call', async () => {
    const windows = `\ufeff${code.replaceAll('\n', '\r\n')}`;
    const folder = writeProject({ 'route.ts': windows });
    await runHere(['migrate'], { folder });
    const text = readFileSync(join(folder, 'route.ts'), 'utf8');
    expect(text.startsWith('\ufeff')).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
    const kept = code.split('\n').filter((line) => !/Webhook\b|wh\.|^ {4}\}\);$/.test(line));
    for (const line of kept) expect(text.split('\r\n')).toContain(line);
  });

  test('rewrites several calls and files, with one receiver for the same secret, and keeps names that are taken', async () => {
    const two = `import Stripe from 'stripe';
const stripe = new Stripe('k');
const stripeReceiver = 1;
export async function one(body: string, sig: string) {
  return stripe.webhooks.constructEvent(body, sig, process.env.A!);
}
export async function two(body: string, sig: string) {
  return [stripeReceiver, stripe.webhooks.constructEvent(body, sig, process.env.A ?? ''), stripe.webhooks.constructEvent(body, sig, process.env.B!)];
}
`;
    const folder = writeProject({ 'src/two.ts': two, 'src/route.ts': code });
    const { stdout } = await runHere(['migrate', 'src', '--json'], { folder });
    expect(JSON.parse(stdout)).toMatchObject({
      written: true,
      left: [],
      packages: ['@countersign/core', '@countersign/providers'],
    });
    expect(JSON.parse(stdout).rewritten).toHaveLength(4);
    const text = readFileSync(join(folder, 'src/two.ts'), 'utf8');
    expect(text.match(/^const stripeReceiver\d* = createReceiver/gm)).toEqual([
      'const stripeReceiver2 = createReceiver',
      'const stripeReceiver3 = createReceiver',
    ]);
  });

  test('a file that is missing is one line', async () => {
    const { code: exitCode, stderr } = await runHere(['migrate', 'missing.ts'], {
      folder: dirname(writeProject({ 'a.ts': '' })),
    });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'countersign: cannot read missing.ts: there is no such file.\n',
    });
  });
});

/** The pairs of docs/migration.md: each block before is what the command gets, each block after what it writes. */
const page = readFileSync(new URL('../../../docs/migration.md', import.meta.url), 'utf8');
const pairs = [...page.matchAll(/^## ([^\n]+)\n\nBefore:\n\n```ts\n(.+?)```\n\nAfter:\n\n```ts\n(.+?)```$/gms)].map(
  ([, title = '', before = '', after = '']) => ({ title, before, after }),
);

test('docs/migration.md has a pair for each library', () => {
  expect(pairs.map(({ title }) => title)).toEqual([
    'Stripe',
    'Svix',
    'Standard Webhooks',
    'GitHub: verify',
    'GitHub: verifyAndReceive',
    'GitHub: createNodeMiddleware',
    'Clerk',
  ]);
});

test.each(pairs)('docs/migration.md shows what is written for $title', async ({ before, after }) => {
  const folder = writeProject({ 'a.ts': before, 'package.json': '{ "dependencies": { "express": "^5.0.0" } }' });
  expect((await runHere(['migrate'], { folder })).code).toBe(0);
  expect(readFileSync(join(folder, 'a.ts'), 'utf8')).toBe(after);
});
