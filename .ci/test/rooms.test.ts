/** The room check holds on the real tree, and sees each kind of fault that is planted in a copy of it. */

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Violation {
  readonly file: string;
  readonly line?: number;
  readonly to?: string;
  readonly rule: string;
  readonly sentence: string;
}
type Manifest = Record<string, unknown>;
interface Room {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly rule: unknown;
}

const repository = fileURLToPath(new URL('../..', import.meta.url));
const { checkSource } = (await import(join(repository, '.ci/source-rules/check.mjs'))) as {
  checkSource(root: string): Promise<{ violations: Violation[] }>;
};
const { checkManifests } = (await import(join(repository, '.ci/source-rules/manifests.mjs'))) as {
  checkManifests(rooms: Room[]): Violation[];
};
const { listRooms } = (await import(join(repository, '.ci/source-rules/rooms.mjs'))) as {
  listRooms(root: string): Room[];
};

/** Every planted file with its text. All of them are planted at once, since reading the whole tree takes seconds. */
const planted = new Map<string, string>();
const trees: string[] = [];
let found: Violation[] = [];

beforeAll(async () => {
  const root = newTree();
  for (const name of ['packages', 'examples', 'bench']) {
    cpSync(join(repository, name), join(root, name), {
      recursive: true,
      // The links of node_modules lead from package to package inside the copy.
      verbatimSymlinks: true,
      filter: (path) => !['dist', '.cache', '.next', '.bin'].includes(basename(path)),
    });
  }
  for (const name of [
    'package.json',
    'tsup.config.base.ts',
    'scripts/merge-chunks.ts',
    'scripts/require-in-commonjs.ts',
  ])
    cpSync(join(repository, name), join(root, name));
  mkdirSync(join(root, 'node_modules/@countersign'), { recursive: true });
  for (const name of readdirSync(join(repository, 'node_modules')))
    if (name !== '@countersign') symlinkSync(join(repository, 'node_modules', name), join(root, 'node_modules', name));
  // A package of ours leads to the copy.
  symlinkSync(join(root, 'packages/testing'), join(root, 'node_modules/@countersign/testing'));
  for (const [file, text] of planted) write(root, file, text);
  found = (await checkSource(root)).violations;
}, 120_000);
afterAll(() => {
  for (const tree of trees) rmSync(tree, { recursive: true, force: true });
});

test('the rooms of this repository import in one direction only', () => {
  const { stdout, status } = runCommand(repository);
  const [, files, imports] = /^\d+ packages, (\d+) files, (\d+) imports\n$/.exec(stdout) ?? [];
  expect(Number(files), stdout).toBeGreaterThan(500);
  expect(Number(imports)).toBeGreaterThan(2000);
  expect(status).toBe(0);
}, 180_000);

test('the command exits 1 with file, import, rule and sentence where a fault is planted', () => {
  const root = newTree();
  write(root, 'packages/core/package.json', '{ "name": "@countersign/core" }');
  write(root, 'packages/core/src/encoding.ts', "import 'express';\n\nexport const isSame = mac === given;\n");
  const { stdout, status } = runCommand(root);
  expect(stdout).toContain('packages/core/src/encoding.ts -> express: unresolved: A package is imported only if');
  expect(stdout).toContain('packages/core/src/encoding.ts:3: secret-comparison: === on a MAC');
  expect(status).toBe(1);
});

test('the command fails where there is nothing to check', () => {
  const root = newTree();
  write(root, 'package.json', '{}');
  const { stdout, status } = runCommand(root);
  expect(stdout).toContain('no source file found');
  expect(status).toBe(1);
});

test('nothing is reported of files in which nothing was planted', () => {
  // An import that is planted in a file of core closes circles through other files.
  const others = found.filter(({ file, rule }) => rule !== 'cycle' && !planted.has(file));
  expect(others.map(({ file }) => file)).toEqual(['.ci/source-rules/map.mjs']);
});

describe('between rooms, it reports', () => {
  const http = ['room-direction-http', 'unresolved'];
  refuses('core that imports another room', 'core/src/delivery/', "import '@countersign/http/node';", [
    'room-direction-core',
    'unresolved',
  ]);
  refuses('providers that import http', 'providers/src/', "import '@countersign/http/node';", [
    'room-direction-providers',
    'unresolved',
  ]);
  refuses('http that imports providers', 'http/src/', "import '@countersign/providers/stripe';", http);
  refuses('an adapter that imports providers', 'express/src/', "import '@countersign/providers/stripe';", [
    'room-direction-express',
    'undeclared-room-express',
  ]);
  refuses('an adapter that imports testing in src', 'express/src/', "import '@countersign/testing';", [
    'room-direction-express',
    'undeclared-room-express',
  ]);
  refuses('the command line tool in src', 'http/src/', "import 'countersign';", http);
  refuses('an import by type only', 'http/src/', "import type { A } from '@countersign/express';", http);
  refuses('an import inside a type', 'http/src/', "export type A = import('@countersign/express').A;", http);
  refuses('a dynamic import', 'http/src/', "export const load = () => import('@countersign/express');", http);
  refuses('a re-export', 'http/src/', "export * from '@countersign/express';", http);
  refuses('a require', 'http/src/', "export const loaded = require('@countersign/express');", http);
  refuses('a path that is resolved', 'http/src/', "export const path = require.resolve('@countersign/express');", http);
  refuses('an import equals', 'http/src/', "import express = require('@countersign/express');", http);
  refuses('a declared module', 'http/src/', "declare module '@countersign/express' {}", ['declared-module']);
  refuses(
    'a declared module that is imported too',
    'http/src/',
    "import type {} from '@countersign/express';\ndeclare module '@countersign/express' {}",
    http,
  );
  refuses('a package that imports itself by name', 'http/src/', "import '@countersign/http/statuses';", ['own-name']);
  refuses('an import computed at run time', 'http/src/', 'export const load = (name: string) => import(name);', [
    'computed-import',
  ]);
  refuses('a require computed at run time', 'http/src/', 'export const load = (name: string) => require(name);', [
    'computed-import',
  ]);
  refuses('import.meta.resolve()', 'http/src/', "export const path = import.meta.resolve('express');", [
    'computed-import',
  ]);
  refuses('import.meta.resolve() in a test', 'http/test/', "export const path = import.meta.resolve('express');", [
    'computed-import',
  ]);
  refuses('an import of a file that is not there', 'http/src/', "import './nowhere.ts';", ['missing-file']);
  accepts('an import computed in a test', 'http/test/', 'export const load = (name: string) => import(name);');
});

describe('in a tree of its own, it reports', () => {
  const pairs = [
    ['stores', '@countersign/core', '@countersign/http/node'],
    ['queues', '@countersign/core', '@countersign/stores/redis'],
    ['fastify', '@countersign/http/node', '@countersign/providers/stripe'],
    ['hono', '@countersign/http/statuses', '@countersign/testing'],
    ['next', '@countersign/core', '@countersign/stores/redis'],
    ['testing', '@countersign/providers/stripe', '@countersign/http/node'],
    ['cli', '@countersign/testing', '@countersign/stores/redis'],
  ] as const;
  let violations: Violation[] = [];

  beforeAll(async () => {
    const root = newTree();
    const add = (folder: string, manifest: Manifest, text: string) => {
      write(root, `packages/${folder}/package.json`, JSON.stringify({ name: `@countersign/${folder}`, ...manifest }));
      write(root, `packages/${folder}/src/index.ts`, text);
    };
    write(root, 'package.json', '{}');
    for (const [room, allowed, forbidden] of pairs) {
      const dependencies = Object.fromEntries([allowed, forbidden].map((name) => [packageOf(name), 'workspace:^']));
      add(room, { dependencies }, `import '${allowed}';\nimport '${forbidden}';\n`);
    }
    // An adapter without a row in the map is known by this file.
    write(root, 'packages/next/src/facts.ts', 'export {};\n');
    const exports = './src/index.ts';
    add('core', { exports }, "import '@countersign/http';\n");
    add('http', { exports, dependencies: { '@countersign/core': '1' } }, "import type {} from '@countersign/core';\n");
    add('nest', { devDependencies: { '@countersign/core': '1' } }, "import '@countersign/core';\n");
    write(root, 'packages/nest/src/facts.ts', 'export {};\n');
    add('utilities', {}, 'export {};\n');
    for (const [from, to] of [
      ['core', 'http'],
      ['http', 'core'],
      ['nest', 'core'],
    ] as const) {
      mkdirSync(join(root, `packages/${from}/node_modules/@countersign`), { recursive: true });
      symlinkSync(`../../../${to}`, join(root, `packages/${from}/node_modules/@countersign/${to}`));
    }
    write(root, 'examples/planted/package.json', '{ "name": "example-planted" }');
    const reaching = "import 'left-pad';\nimport '../../packages/core/src/index.ts';\n";
    write(root, 'examples/planted/server.ts', reaching);
    violations = (await checkSource(root)).violations;
  });
  const rulesOf = (file: string) => violations.filter((violation) => violation.file === file).map(({ rule }) => rule);

  for (const [room, allowed, forbidden] of pairs) {
    test(`${room} that imports ${forbidden}, and nothing where it imports ${allowed}`, () => {
      const ofRoom = violations.filter(({ file }) => file.startsWith(`packages/${room}/`));
      const directions = ofRoom.filter(({ rule }) => rule.startsWith('room-direction'));
      expect(directions.map(({ file, to, rule }) => [file, to, rule])).toEqual([
        [`packages/${room}/src/index.ts`, forbidden, `room-direction-${room}`],
        [`packages/${room}/package.json`, undefined, 'room-direction'],
      ]);
    });
  }
  test('a room that the map allows and that is a development dependency', () => {
    expect(rulesOf('packages/nest/src/index.ts')).toEqual(['undeclared-room-nest']);
  });
  test('a folder that is not on the map', () => {
    expect(rulesOf('packages/utilities/package.json')).toEqual(['room-unknown']);
  });
  test('a circle across packages that one type closes', () => {
    const [cycle, ...others] = violations.filter(({ rule }) => rule === 'cycle');
    expect(others).toEqual([]);
    const [core, http] = ['packages/core/src/index.ts', 'packages/http/src/index.ts'];
    expect(cycle?.sentence).toContain(`(${core} -> ${http} -> ${core})`);
  });
  test('a room that is imported by a link, against the map', () => {
    expect(rulesOf('packages/core/src/index.ts')).toContain('room-direction-core');
  });
  test('an example that imports what it did not declare, and that reaches into a package', () => {
    expect(rulesOf('examples/planted/server.ts').sort()).toEqual(['public-name', 'unresolved']);
  });
});

describe('between packages, it reports', () => {
  refuses('a peer that is not declared', 'http/src/', "import type { Request } from 'express';", ['unresolved']);
  refuses('a development dependency in src', 'providers/src/', "import { Webhook } from 'svix';", ['undeclared']);
  refuses('a sender’s package in a preset', 'providers/src/', "import Stripe from 'stripe';", [
    'sender-packages',
    'sender-packages-outside',
  ]);
  refuses('the code of a sender’s package', 'providers/src/typed/', "import Stripe from 'stripe';", [
    'sender-packages',
  ]);
  refuses('types of a sender’s package in a preset', 'providers/src/', "import type Stripe from 'stripe';", [
    'sender-packages-outside',
  ]);
  refuses('a tool of the workspace in src', 'http/src/', "import { test } from 'vitest';", ['undeclared']);
  refuses('a path out of the package', 'http/src/', "import '../../core/src/errors.ts';", ['public-name']);
  refuses('a path out of the package in a test', 'http/test/', "import '../../core/src/errors.ts';", ['public-name']);
  refuses('a name that is not exported', 'http/src/', "import '@countersign/core/src/errors.ts';", ['unresolved']);
  refuses('a test that imports what nobody declared', 'http/test/', "import 'left-pad';", ['unresolved']);
  plant('http/test/installed/node_modules/left-pad/index.js', () => '');
  refuses('a test that imports what is installed and not declared', 'http/test/installed/', "import 'left-pad';", [
    'undeclared-anywhere',
  ]);
  accepts('a test file that is imported by published code', 'http/test/planted.ts', 'export {};');
  refuses('published code that imports a test', 'http/src/', "import '../test/planted.ts';", ['published-only']);
  accepts('a test that imports a development dependency', 'providers/test/', "import Stripe from 'stripe';");
  accepts('a test that imports a tool of the workspace', 'http/test/', "import { test } from 'vitest';");
  accepts('a peer in src', 'express/src/', "import type { Request } from 'express';");
  accepts('core in a provider', 'providers/src/', "import { defineProvider } from '@countersign/core';");
  accepts('a room that is bundled', 'inspector/src/', "import '@countersign/adapter-servers/frameworks';");

  const types = plant('core/src/with-timeout.ts', (old) => `/// <reference types="express" />\n${old}`);
  test('a reference to types', () => expect(rulesIn(types)).toEqual(['unresolved']));
});

describe('in the manifests, it reports', () => {
  for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
    test(`anything but jose among the ${field} of core`, () => {
      const refused = field === 'dependencies' ? ['left-pad'] : ['jose', 'left-pad'];
      expect(faultsOf('core', { [field]: { jose: '6', 'left-pad': '1' } })).toEqual(
        refused.map((name) => ({
          file: 'packages/core/package.json',
          rule: 'runtime-dependency',
          sentence: `core must not have ${name} in its ${field}: every user would install it.`,
        })),
      );
    });
  }
  test('a runtime dependency of another room', () => {
    const found = faultsOf('providers', { dependencies: { '@countersign/core': '1', 'left-pad': '1' } });
    expect(found.map(({ rule }) => rule)).toEqual(['runtime-dependency']);
  });
  test('a dependency on a room that may not be imported', () => {
    expect(faultsOf('core', { dependencies: { '@countersign/http': '1' } })).toEqual([
      {
        file: 'packages/core/package.json',
        rule: 'room-direction',
        sentence: 'core must not depend on http; it imports no other room.',
      },
    ]);
  });

  /** What is reported of the real packages where one of them has another manifest. */
  function faultsOf(folder: string, change: Manifest): Violation[] {
    const rooms = listRooms(repository);
    return checkManifests(
      rooms.map((room) => (room.folder === folder ? { ...room, manifest: { ...room.manifest, ...change } } : room)),
    );
  }
});

describe('inside core, it reports', () => {
  refuses(
    'a value that is imported upwards',
    'core/src/errors.ts',
    "import { findHeader } from './delivery/header-fields.ts';",
    ['core-order-1'],
  );
  refuses('a type that is imported upwards', 'core/src/keys/', "import type { Scheme } from '../schemes/scheme.ts';", [
    'core-order-4',
  ]);
  refuses('crypto imported from below by its inner name', 'core/src/encoding.ts', "import { crypto } from '#crypto';", [
    'core-order-1',
    'inner-name-below',
  ]);
  refuses('crypto imported beside it by its inner name', 'core/src/crypto/', "import { crypto } from '#crypto';", [
    'inner-name-below',
  ]);
  refuses('an inner name that is not there', 'core/src/event/', "import { crypto } from '#nothing';", ['missing-file']);
  refuses('a file without a place in the order', 'core/src/planted.ts', 'export {};', ['core-place']);
  refuses('jose outside of jwt', 'core/src/schemes/', "import { jwtVerify } from 'jose';", ['jose']);
  refuses('a type of jose outside of jwt', 'core/src/schemes/', "import type { JWK } from 'jose';", ['jose']);
  refuses('jose in another room', 'http/src/', "import type { JWK } from 'jose';", ['jose', 'unresolved']);
  refuses('a way to jose through jwt', 'core/src/index.ts', "export * from './jwt.ts';", ['jose-through-jwt']);
  refuses('a module of Node outside of crypto/node.ts', 'core/src/keys/', "import { createHmac } from 'node:crypto';", [
    'node-builtin-core',
  ]);
  refuses('a module of Node without its prefix', 'core/src/keys/', "import { createHmac } from 'crypto';", [
    'node-builtin-core',
  ]);
  refuses('a type of Node', 'core/src/delivery/', "import type { IncomingMessage } from 'node:http';", [
    'node-builtin-core',
  ]);
  refuses('a module of Node in a room without one', 'hono/src/', "import 'node:fs';", ['node-builtin-hono']);
  accepts('a module of Node in a room that may', 'express/src/', "import 'node:fs';");
  accepts('jose in jwt', 'core/src/jwt/', "import { jwtVerify } from 'jose';");
  accepts('a module of Node in crypto/node.ts', 'core/src/crypto/node.ts', "import { hash } from 'node:crypto';");
});

describe('inside the command line, it reports', () => {
  const imports = (path: string) => `import '${path}';`;
  for (const [what, from, line, rule] of [
    ['a command in the frame', 'frame/', "import type { run } from '../program.ts';", 'cli-order-1'],
    ['a flag in the captures', 'captures/', imports('../flags/target.ts'), 'cli-order-2'],
    ['a report in the flags', 'flags/', imports('../reports/handshake-check.ts'), 'cli-order-3'],
    ['the project in a report', 'reports/', imports('../project/finding.ts'), 'cli-order-4'],
    ['completion in the project', 'project/rules/', imports('../../completion/zsh.ts'), 'cli-order-5'],
    ['a command in completion', 'completion/', imports('../commands/sign.ts'), 'cli-order-7'],
    ['the program in a command', 'commands/', imports('../program.ts'), 'cli-order-8'],
    ['the start in the program', 'program.ts', imports('./bin.ts'), 'cli-order-9'],
    ['completion in what is added', 'adding/', imports('../completion/zsh.ts'), 'cli-order-6'],
  ] as const) {
    refuses(what, `cli/src/${from}`, line, [rule]);
  }
  refuses('a file without a place in the order', 'cli/src/planted.ts', 'export {};', ['cli-place']);
  accepts('the frame in a report', 'cli/src/reports/', imports('../frame/time.ts'));
});

describe('inside testing, it reports', () => {
  const imports = (path: string) => `import '${path}';`;
  for (const [what, from, line, rule] of [
    ['a suite in the runner', 'contract-runner.ts', imports('./store/store-steps.ts'), 'testing-order-1'],
    ['an endpoint in signing', 'signing/', "import type { Answer } from '../endpoint/wire.ts';", 'testing-order-1'],
    ['an adapter among the stores', 'store/', imports('../adapter/adapter-app.ts'), 'testing-order-2'],
    ['a simulation in an endpoint', 'endpoint/', imports('../simulation/random.ts'), 'testing-order-2'],
    ['an entry in an adapter', 'adapter/', imports('../signing.ts'), 'testing-order-3'],
    ['an entry in a simulation', 'simulation/', imports('../index.ts'), 'testing-order-3'],
  ] as const) {
    refuses(what, `testing/src/${from}`, line, [rule]);
  }
  refuses('a file without a place in the order', 'testing/src/planted.ts', 'export {};', ['testing-place']);
  accepts('an endpoint in a simulation', 'testing/src/simulation/', imports('../endpoint/wire.ts'));
});

describe('in circles, it reports', () => {
  for (const [title, back] of [
    ['two files that import each other, once', 'import'],
    ['a circle that one type closes, once', 'import type {} from'],
  ] as const) {
    const [one, two] = ['one', 'two'].map((name) => `${name}-${planted.size}.ts`);
    plant(`http/src/${one}`, () => `import './${two}';\n`);
    plant(`http/src/${two}`, () => `${back} './${one}';\n`);
    test(title, () => {
      const [cycle, ...others] = found.filter(({ file }) => [one, two].includes(basename(file)));
      expect(others).toEqual([]);
      expect(cycle?.rule).toBe('cycle');
      expect(cycle?.sentence).toContain(`(packages/http/src/${one} -> packages/http/src/${two} -> `);
    });
  }
  const itself = plant('http/src/itself.ts', () => "import './itself.ts';\n");
  test('a file that imports itself', () => {
    expect(found.flatMap(({ file, rule }) => (file === itself ? [rule] : []))).toEqual(['cycle']);
  });
});

describe('among comparisons, it reports', () => {
  for (const line of [
    'return mac === given;',
    'return given !== this.expectedSignature;',
    'return mac == given;',
    'return given != mac;',
    "return given === mac.toString('hex');",
    'return given === encodeHex(await mac);',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
    'return given === `sha256=${mac}`;',
    "return given === 'v1=' + mac;",
    'return (given as string) === (token ?? other);',
    'return candidate[0] === given[0];',
    'return holder.secret === given;',
    'return mac.localeCompare(given) === 0;',
    'return Buffer.compare(mac, given) === 0;',
    'return mac.equals(given);',
    'return Object.is(mac, given);',
    'return given.includes(mac);',
    'return given.startsWith(token);',
    'switch (token) { case given: return true; }',
  ]) {
    refuses(line, 'providers/src/', line, ['secret-comparison']);
  }
  for (const line of [
    "return token === '';",
    'return token !== undefined && mac !== null;',
    "return typeof secret === 'string';",
    'return mac.length === given.length;',
    'return candidate.byteLength !== size;',
    "return token.startsWith('whsec_');",
    'return mac === `fixed`;',
    "switch (digest) { case 'SHA-256': return true; }",
    'return given === other;',
    'return equalBytes(mac, given);',
  ]) {
    accepts(line, 'providers/src/', line);
  }
  accepts('a comparison in a test', 'core/test/', 'expect(mac === given).toBe(true);');

  test('an allowed comparison that is not there any more', () => {
    expect(rulesIn('.ci/source-rules/map.mjs')).toEqual(['secret-comparison']);
  });
  plant('core/src/stores/memory-store.ts', (old) => old.replace('record.token === token', 'same(record, token)'));
});

/** Plants a line in a file of its own, or at the end of an existing file, and expects exactly these rules to be broken there. */
function refuses(what: string, path: string, line: string, rules: readonly string[]) {
  const file = plant(path, (old) => `${old}${line}\n`);
  test(what, () => expect(rulesIn(file)).toEqual([...rules].sort()));
}

function accepts(what: string, path: string, line: string) {
  const file = plant(path, (old) => `${old}${line}\n`);
  test(`nothing for ${what}`, () => expect(rulesIn(file)).toEqual([]));
}

/** Plants a file of `packages/`; a folder gets a new one. Returns its path from the root. */
function plant(path: string, change: (old: string) => string): string {
  const file = `packages/${path.endsWith('/') ? `${path}planted-${planted.size}.ts` : path}`;
  if (planted.has(file)) throw new Error(`two faults in ${file}`);
  const original = join(repository, file);
  planted.set(file, change(existsSync(original) ? readFileSync(original, 'utf8') : ''));
  return file;
}

/** The rules that a file breaks by itself; a circle is reported in one of its files, whichever that is. */
function rulesIn(file: string): string[] {
  return found
    .filter((violation) => violation.file === file && violation.rule !== 'cycle')
    .map(({ rule }) => rule)
    .sort();
}

function newTree(): string {
  const root = mkdtempSync(join(tmpdir(), 'rooms-'));
  trees.push(root);
  return root;
}

function write(root: string, file: string, text: string) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function runCommand(directory: string) {
  return spawnSync(process.execPath, [join(repository, '.ci/rooms'), '--root', directory], { encoding: 'utf8' });
}

function packageOf(specifier: string): string {
  return specifier.split('/').slice(0, 2).join('/');
}
