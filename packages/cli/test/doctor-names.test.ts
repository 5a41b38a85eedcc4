/** What `countersign doctor --project` makes of the names in a file: imports, aliases, scopes and values that change. */

import { describe, expect, it } from 'vitest';
import { readSourceFile, type SourceFile } from '../src/project/source-file.ts';
import { childrenOf, identifierOf, type Syntax } from '../src/project/syntax.ts';
import { examine } from './project-folders.ts';

const make = '@countersign/core.createReceiver';

/** A title, the source, and what each `probe(name)` in it is: a name within a package, a text, or nothing known. */
type Row = readonly [title: string, path: string, text: string, known: readonly (string | undefined)[]];

const names: readonly Row[] = [
  [
    'an import by its name, by another, whole, and by type alone',
    'server.ts',
    `import { createReceiver, memoryStore as store } from '@countersign/core';
import * as core from '@countersign/core';
import express, { 'json' as parse } from 'express';
import type { Provider } from '@countersign/core';
probe(createReceiver); probe(store); probe(core.createReceiver); probe(express.json); probe(parse); probe(Provider);
`,
    [make, '@countersign/core.memoryStore', make, 'express.json', 'express.json', '@countersign/core.Provider'],
  ],
  [
    'a require: whole, in parts, under another name, and in an alias',
    'server.ts',
    `const core = require('@countersign/core');
const { createReceiver: make, memoryStore = other, ...rest } = require('@countersign/core');
const { createReceiver: again } = core;
const alias = make;
const { stripe } = await import('@countersign/providers/stripe');
probe(core.createReceiver); probe(make); probe(memoryStore); probe(again); probe(alias); probe(stripe); probe(rest);
`,
    [
      make,
      make,
      '@countersign/core.memoryStore',
      make,
      make,
      '@countersign/providers/stripe.stripe',
      // The rest of a module is not a part of it.
      undefined,
    ],
  ],
  [
    'a part of a part, which could be anything',
    'server.ts',
    `const { webhooks: { createReceiver } } = require('@countersign/core');
const [first] = require('@countersign/core');
probe(createReceiver); probe(first);
`,
    [undefined, undefined],
  ],
  [
    'an import under a name that is something else in an inner scope',
    'server.ts',
    `import { createReceiver } from '@countersign/core';
{ const createReceiver = mine; probe(createReceiver); }
for (const createReceiver of all) probe(createReceiver);
try { run(); } catch (createReceiver) { probe(createReceiver); }
switch (one) { case 1: let createReceiver; probe(createReceiver); }
const named = function createReceiver() { probe(createReceiver); };
function around() { if (one) { var createReceiver = mine; } probe(createReceiver); }
probe(createReceiver);
`,
    [undefined, undefined, undefined, undefined, undefined, undefined, make],
  ],
  [
    'a parameter with the name of an import',
    'server.ts',
    `import { createReceiver } from '@countersign/core';
function one(createReceiver) { probe(createReceiver); }
const two = ({ createReceiver }) => probe(createReceiver);
const three = (createReceiver = mine, ...rest) => probe(createReceiver);
class Four { constructor(private readonly createReceiver: Maker) { probe(createReceiver); } }
const five = (made = createReceiver) => probe(createReceiver);
`,
    [undefined, undefined, undefined, undefined, make],
  ],
  [
    'a name that is declared behind its use, or in a function before it',
    'server.ts',
    `function first() { probe(make); var make = 'inner'; }
probe(make);
var make = 'outer';
`,
    ['inner', 'outer'],
  ],
  [
    'a variable that is assigned again',
    'server.ts',
    `import { createReceiver } from '@countersign/core';
let one = createReceiver; one = mine;
let two = 'text'; ({ two } = mine);
let three = 'text'; three += 'more';
let four = 'text'; for (four of all) run();
let five = 'text'; const change = () => { five = 'other'; };
let six = 'text'; { let six; six = 'inner'; }
probe(one); probe(two); probe(three); probe(four); probe(five); probe(six);
`,
    [undefined, undefined, undefined, undefined, undefined, 'text'],
  ],
  [
    'a variable in a loop, which is declared once',
    'server.ts',
    `for (;;) { var secret = 'text'; probe(secret); }\n`,
    ['text'],
  ],
  [
    'fields of objects, and those that have the name of a variable',
    'server.ts',
    `const text = 'variable';
const object = { text: 'field', inner: { text } };
probe(object.text); probe(object.inner.text); probe(object['text']); probe(elsewhere.text);
`,
    ['field', 'variable', 'field', undefined],
  ],
  [
    'TypeScript: satisfies, as, !, enums, decorators, overloads and names that are a type as well',
    'server.ts',
    `import { createReceiver } from '@countersign/core';
import { Controller } from '@nestjs/common';
const options = { secret: 'text' } satisfies Options;
enum Kind { First = 'first' }
type Chosen = string;
const Chosen = createReceiver as Maker;
function over(text: string): void;
function over(text: number): void;
function over(text: unknown) { probe(text); }
@Controller(probe(options.secret)) class Hooks {
  constructor(@Inject(probe(createReceiver)) readonly made?: Maker) {}
  @Post(probe(Controller)) run<Body>(@Body() body: Body): void {}
}
namespace Inner { const createReceiver = 'inner'; probe(createReceiver); }
probe(Kind.First); probe(Chosen!); probe(<Maker>createReceiver);
`,
    [undefined, 'text', make, '@nestjs/common.Controller', 'inner', undefined, make, make],
  ],
  [
    'TypeScript with JSX',
    'view.tsx',
    `import { createReceiver } from '@countersign/core';
const View = <Props,>({ text }: Props) => <p title={probe(createReceiver)}>{probe(text)}</p>;
export const page = <View text="one" />;
`,
    [make, undefined],
  ],
  [
    'JavaScript with JSX',
    'view.jsx',
    `import * as core from '@countersign/core';
export const View = () => <><core.View run={() => probe(core.createReceiver)} {...probe(View)} /></>;
`,
    [make, undefined],
  ],
  [
    'a declaration that is there twice, of which the last one counts',
    'server.ts',
    `import { createReceiver } from '@countersign/other';
import { createReceiver } from '@countersign/core';
const secret = 'first';
const secret = 'second';
let both = 'variable';
function both() {}
function inner(secret) { const secret = 'third'; probe(secret); }
probe(createReceiver); probe(secret); probe(both);
`,
    ['third', make, 'second', undefined],
  ],
  [
    'an error that the parser can go on after',
    'server.ts',
    `const secret = 'text';\nexport { missing };\nreturn;\nprobe(secret);\nawait run();\n`,
    ['text'],
  ],
];

describe('a name', () => {
  it.each(names)('%s', (_title, path, text, known) => {
    const file = readSourceFile(path, text);
    expect(file && probesOf(file)).toEqual(known);
  });

  it('is not looked for in a file that cannot be parsed, or that nests too deeply', () => {
    expect(readSourceFile('server.ts', 'const express = = ;')).toBeUndefined();
    const sum = (count: number) => `const text = ${Array(count).fill(`'a'`).join(' + ')};\nprobe(text);\n`;
    expect(readSourceFile('server.ts', sum(100))?.calls.length).toBe(1);
    expect(readSourceFile('server.ts', sum(4_000))).toBeUndefined();
  });
});

function probesOf(file: SourceFile): readonly (string | undefined)[] {
  const isProbe = (call: Syntax) => identifierOf(call.callee as Syntax) === 'probe';
  return file.calls.filter(isProbe).map((call) => {
    const [given] = childrenOf(call, 'arguments');
    return file.nameOf(given) ?? file.textOf(given);
  });
}

describe('a finding', () => {
  const express = `import express from 'express';
import { webhook } from '@countersign/express';
const app = express();
`;
  const mounts = `app.use(express.json());\napp.post('/hooks', webhook(receiver, handle));\n`;

  it('is the same in a file that declares a name twice, which is no program', async () => {
    const { places, notes } = await examine(
      `import express from 'express';\n${express}const app = express();\n${mounts}`,
    );
    expect([places, notes]).toEqual([['server.ts:6 body_parser_first found'], []]);
  });

  it('is made in other files than the one with an error, which is named', async () => {
    const files = { 'server.ts': express + mounts, 'wrong.ts': `import express from ;\n` };
    const { places, notes } = await examine(files);
    expect(places).toEqual(['server.ts:4 body_parser_first found']);
    expect(notes).toEqual(['wrong.ts was left out: it cannot be parsed.']);
  });

  it('is not made of a value that is assigned again, or hidden by a parameter', async () => {
    const secretOf = (before: string) => `import { createReceiver } from '@countersign/core';
${before}
createReceiver({ provider, secrets: secret });
`;
    expect((await examine(secretOf(`let secret = 'placeholder';`))).places).toEqual([
      'server.ts:2 secret_in_source found',
    ]);
    expect((await examine(secretOf(`let secret = 'placeholder'; secret = process.env.SECRET;`))).places).toEqual([]);
    const hidden = `${express}export const mount = (express) => { ${mounts} };\n`;
    expect((await examine(hidden)).places).toEqual([]);
  });
});
