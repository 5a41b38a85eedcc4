/** What `countersign types` writes, compiled by the versions of TypeScript that are supported, and what it refuses. */

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, installIn, runIn } from './app-folders.ts';
import { makeFolder, runHere, runProgram } from './run-cli.ts';

const documents = fileURLToPath(new URL('documents/', import.meta.url));
const require = createRequire(import.meta.url);
const compilers = [
  ['5.4', require.resolve('typescript-5.4/lib/tsc.js')],
  ['6.0', require.resolve('typescript/lib/tsc.js')],
  ['7.0', fileURLToPath(new URL('../../../node_modules/typescript-7/bin/tsc', import.meta.url))],
] as const;

const { folder: scratch, write } = makeFolder();

/** Runs the command in a folder that has openapi-typescript, as this one has. */
const types = (words: readonly string[], stdin = '') =>
  runHere(['types', ...words], { folder: fileURLToPath(new URL('../', import.meta.url)), stdin });

async function textOf(document: string, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await types(['--openapi', document, ...words]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** The names in the interface of the events. */
const namesIn = (text: string) =>
  [...(/Events \{\n(.*?)\n\}/s.exec(text)?.[1] ?? '').matchAll(/^ {2}"?([\w.]+)"?: /gm)].map(([, name]) => name);

let project: string;
beforeAll(async () => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-types-')));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2022', 'dom'],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  await installIn(project, {
    install: {
      dependencies: ['@countersign/core', '@countersign/providers', '@types/node'],
      devDependencies: [],
      commands: [],
    },
  });
}, 300_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

async function compile(compiler: string, events: string, consumer: string): Promise<Ended> {
  writeFileSync(join(project, 'events.ts'), events);
  writeFileSync(join(project, 'consumer.ts'), consumer);
  const { code, output } = await runIn(project, [compiler, '-p', '.', '--pretty', 'false']);
  // Errors in the declarations of others are not ours.
  return {
    code,
    output: output
      .split('\n')
      .filter((line) => /^(?:events|consumer)\.ts/.test(line))
      .join('\n'),
  };
}

const consumerOf = (name: string, body: string, type = 'type') => `
import { defineProvider, type EventOf, rawBodyHmac } from '@countersign/core';
import type { ${name}Events } from './events.js';

const provider = defineProvider<${name}Events>({
  name: 'sender',
  scheme: rawBodyHmac({ header: 'x-signature' }),
  eventType: { json: '${type}' },
});
export function read(event: EventOf<typeof provider>): unknown {
${body}
}
`;

const cases = [
  [
    'shop.yaml',
    'Shop',
    ['order.lost', 'order.paid', 'otherwise', 'stock.empty', 'stock.low'],
    `  switch (event.type) {
    case 'order.paid': { const amount: number = event.payload.order.total.amount; const currency: string | undefined = event.payload.order.total.currency; return [amount, currency]; }
    case 'order.lost': { const reason: string | null = event.payload.reason; const id: string = event.payload.id; return [reason, id]; }
    case 'stock.low': return event.payload.left.toFixed();
    default: return undefined;
  }`,
    ["if (event.type === 'order.paid') return event.payload.reason;", "if (event.type === 'order.payd') return 1;"],
  ],
  [
    'bank.json',
    'Bank',
    ['bank.account.closed', 'bank.account.created', 'bank.ping', 'otherwise'],
    `  if (event.type !== 'bank.account.closed') return undefined;
  const type: 'bank.account.closed' = event.payload.type;
  return [type, event.payload.data.account.length];`,
    [
      "if (event.type === 'bank.account.closed') return event.payload.data.iban;",
      "if (event.type === 'bank.ping') return event.payload.type;",
    ],
  ],
] as const;

describe.each(cases)('from %s', (file, name, names, good, wrongs) => {
  test('has the names of the events, and only the schemas that they need', async () => {
    const text = await textOf(join(documents, file), '--name', name);
    expect(namesIn(text).toSorted()).toEqual(names);
    expect(text).not.toContain('Unused');
  });

  test.each(compilers)(
    'compiles and narrows under TypeScript %s, and a wrong field does not',
    async (_, compiler) => {
      const text = await textOf(join(documents, file), '--name', name);
      expect(await compile(compiler, text, consumerOf(name, good))).toEqual({ code: 0, output: '' });
      for (const wrong of wrongs) {
        const { code, output } = await compile(compiler, text, consumerOf(name, `  ${wrong}\n  return undefined;`));
        expect(output).toMatch(/^consumer\.ts.*error TS/);
        expect(code).not.toBe(0);
      }
    },
    120_000,
  );
});

test('reads AsyncAPI, with names from a field further in, from standard input', async () => {
  const stdin = readFileSync(join(documents, 'parcels.yaml'), 'utf8');
  const { code, stdout } = await types(
    ['--openapi', '-', '--name', 'Parcels', '--type-field', 'event.type', '--json'],
    stdin,
  );
  expect(code).toBe(0);
  const { events, text } = JSON.parse(stdout);
  expect(events).toEqual(['parcel.delivered', 'parcel.lost']);
  const good = `  if (event.type === 'parcel.delivered') return event.payload.event.parcel.weight.toFixed();
  return event.type === 'parcel.lost' ? event.payload.at.trim() : undefined;`;
  expect(await compile(compilers[2][1], text, consumerOf('Parcels', good, 'event.type'))).toEqual({
    code: 0,
    output: '',
  });
}, 60_000);

test('the document of a sender with a preset has the names that the preset reads; others are a warning', async () => {
  const openai = JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'x', version: '1' },
    webhooks: {
      batch_failed: {
        post: {
          requestBody: {
            content: {
              'application/json': { schema: { type: 'object', properties: { type: { const: 'batch.failed' } } } },
            },
          },
        },
      },
    },
  });
  const named = await types(['--openapi', write(openai), '--provider', 'openai']);
  expect({ code: named.code, stderr: named.stderr }).toEqual({ code: 0, stderr: '' });
  expect(named.stdout).toContain('export interface OpenaiEvents {\n  "batch.failed": {');
  const unknown = await types([
    '--openapi',
    write(openai.replace('batch.failed', 'batch_failed')),
    '--provider',
    'openai',
  ]);
  expect(unknown.stderr).toContain('none of the 1 names is an event of openai');
});

describe('--out and --check', () => {
  const shop = join(documents, 'shop.yaml');
  const out = join(scratch, 'shop-events.ts');
  const words = ['--openapi', shop, '--name', 'Shop', '--out', out];

  test('writes the file, again too, and notices a change', async () => {
    expect((await types(words)).stdout).toContain('4 events');
    expect((await types([...words, '--check'])).code).toBe(0);
    const text = readFileSync(out, 'utf8');
    writeFileSync(out, text.replace('"order.paid"', '"order.pays"'));
    const changed = await types([...words, '--check']);
    expect(changed.code).toBe(1);
    expect(changed.stderr).toMatch(
      /^countersign: .*shop-events\.ts is not what shop\.yaml says; run the command without --check\.\n$/,
    );
    expect(readFileSync(out, 'utf8')).toContain('order.pays');
    expect((await types(words)).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(text);
  });

  test('a file that is not there differs, and a file of your own is never replaced', async () => {
    const missing = join(scratch, 'missing.ts');
    expect((await types([...words.slice(0, -1), missing, '--check'])).code).toBe(1);
    expect(existsSync(missing)).toBe(false);
    const mine = write('export {};\n', 'mine.ts');
    const { code, stderr } = await types([...words.slice(0, -1), mine]);
    expect({ code, isNamed: stderr.includes('was not written by this command') }).toEqual({ code: 2, isNamed: true });
    expect(readFileSync(mine, 'utf8')).toBe('export {};\n');
  });
});

describe('one line, and nothing written', () => {
  const minimal = (schema: string) =>
    `openapi: 3.1.0\ninfo: { title: x, version: "1" }\nwebhooks:\n  thing:\n    post: { requestBody: { content: { application/json: { schema: ${schema} } } } }\n`;

  test.each<[title: string, document: string, code: string, says: string, words?: string[]]>([
    ['a file that is missing', 'missing.yaml', 'file_unreadable', 'there is no such file'],
    [
      'YAML that is broken',
      write('openapi: 3.1.0\nsecret_thing: [1, 2\n'),
      'document_unusable',
      'is not valid YAML in line',
    ],
    ['JSON that is broken', write('{ "openapi": "3.1.0", "secret_thing": }'), 'document_unusable', 'is not valid JSON'],
    ['a list', write('- 1\n'), 'document_unusable', 'is not an object'],
    ['another document', write('{ "name": "x" }'), 'document_unusable', 'neither openapi nor asyncapi'],
    ['an older version', write('swagger: "2.0"\n'), 'document_unusable', 'is OpenAPI 2.0; expected version 3.1'],
    ['an older AsyncAPI', write('asyncapi: 2.6.0\n'), 'document_unusable', 'expected version 3'],
    ['no webhooks', write('openapi: 3.1.0\npaths: {}\n'), 'document_unusable', 'has no webhooks'],
    ['no messages', write('asyncapi: 3.0.0\nchannels: {}\n'), 'document_unusable', 'has no messages'],
    [
      'a schema that is not there',
      write(minimal('{ $ref: "#/components/schemas/Nope" }')),
      'document_unusable',
      'the schema of thing refers to #/components/schemas/Nope, which is not in the document',
    ],
    [
      'a schema on a server',
      write(minimal('{ $ref: "https://example.com/x.json" }')),
      'document_unusable',
      'nothing is fetched',
    ],
    [
      'a schema in a file that is missing',
      write(minimal('{ $ref: "./nope.yaml#/Thing" }')),
      'document_unusable',
      'cannot be used',
    ],
    [
      'a circle of references',
      write(`${minimal('{ $ref: "#/a" }')}a: { $ref: "#/b" }\nb: { $ref: "#/a" }\n`),
      'document_unusable',
      '',
    ],
    [
      'aliases that multiply',
      write(
        `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[at]}`)}]`).join('\n')}\n`,
      ),
      'document_unusable',
      'aliases',
    ],
    [
      'an unknown provider',
      join(documents, 'shop.yaml'),
      'provider_unknown',
      'Did you mean stripe?',
      ['--provider', 'stirpe'],
    ],
    ['no name', join(documents, 'shop.yaml'), 'usage', 'neither --provider nor --name', []],
  ])('for %s', async (_, document, code, says, words = ['--name', 'Thing']) => {
    const before = readdirSync(scratch);
    const out = join(scratch, 'never.ts');
    const ended = await types(['--openapi', document, ...words, '--out', out, '--json']);
    expect({ code: ended.code, lines: ended.stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 1 });
    expect(JSON.parse(ended.stdout).error.code).toBe(code);
    expect(ended.stderr).toContain(says);
    expect(ended.stdout + ended.stderr).not.toContain('secret_thing');
    expect(readdirSync(scratch)).toEqual(before);
  });

  test('without openapi-typescript, with the line that installs it', async () => {
    // The program with its dependencies, but for this one, in a folder of its own.
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-bare-')));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    const own = fileURLToPath(new URL('../', import.meta.url));
    for (const name of ['src', 'package.json']) cpSync(join(own, name), join(folder, name), { recursive: true });
    mkdirSync(join(folder, 'node_modules'));
    for (const name of readdirSync(join(own, 'node_modules')))
      if (!/openapi|^\./.test(name))
        symlinkSync(realpathSync(join(own, 'node_modules', name)), join(folder, 'node_modules', name));
    const words = [
      '--conditions=countersign-source',
      'src/bin.ts',
      'types',
      '--openapi',
      join(documents, 'shop.yaml'),
      '--name',
      'Shop',
    ];
    const { code, output } = await runIn(folder, words);
    expect(output).toBe(
      'countersign: openapi-typescript is not installed, which writes the types of schemas. Install it: npm install --save-dev openapi-typescript@7 (with TypeScript 6 or later, see types in docs/cli.md).\n',
    );
    expect(code).toBe(2);
  });
});

test('works as a program, and prints one line where openapi-typescript prints its own', async () => {
  const broken = write(
    'openapi: 3.1.0\nwebhooks: { x: { post: { requestBody: { content: { a/json: { schema: { $ref: "./nope.yaml#/T" } } } } } } }\n',
  );
  const failed = await runProgram(['types', '--openapi', broken, '--name', 'X']);
  expect(failed.stderr).toMatch(/^countersign: a schema of file-\d+ cannot be used: .*nope\.yaml.*\n$/);

  const { code, stdout } = await runProgram(['types', '--openapi', join(documents, 'bank.json'), '--name', 'Bank']);
  expect(code).toBe(0);
  expect(stdout).toContain('export interface BankEvents {');
});

// Documents of senders are not in this repository. COUNTERSIGN_DOCUMENTS names a folder with them: openai.yaml of openai/openai-openapi, and
// adyen.json, which is json/BalancePlatformConfigurationNotification-v2.json of Adyen/adyen-openapi.
const given = process.env.COUNTERSIGN_DOCUMENTS;
describe.runIf(given !== undefined)('from the documents of senders', () => {
  test.each([
    ['openai.yaml', 'openai', 'Openai', 'batch.completed', 'event.payload.data.id.trim()', 'event.payload.data.amount'],
    [
      'adyen.json',
      'adyen-platform',
      'AdyenPlatform',
      'balancePlatform.accountHolder.created',
      'event.payload.environment.trim()',
      'event.payload.data.iban',
    ],
  ])(
    '%s',
    async (file, provider, name, type, good, wrong) => {
      const text = await textOf(join(given as string, file), '--provider', provider);
      for (const [, compiler] of compilers) {
        const use = (code: string) => consumerOf(name, `  return event.type === '${type}' ? ${code} : undefined;`);
        expect(await compile(compiler, text, use(good))).toEqual({ code: 0, output: '' });
        expect((await compile(compiler, text, use(wrong))).output).toContain('error TS2339');
      }
    },
    240_000,
  );
});
