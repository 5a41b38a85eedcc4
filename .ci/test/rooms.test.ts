/** The room check holds on the real tree, and sees each kind of fault when one is planted in a copy of it. */

import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Violation {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly sentence: string;
}

const repository = fileURLToPath(new URL('../..', import.meta.url));
const checkPath = join(repository, '.ci/source-rules/check.mjs');
const { checkSource } = (await import(checkPath)) as {
  checkSource(root: string): { violations: Violation[]; counts: { files: number; imports: number } };
};

let root = '';
let before: Violation[] = [];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'rooms-'));
  for (const name of ['packages', 'examples', 'bench']) {
    cpSync(join(repository, name), join(root, name), {
      recursive: true,
      filter: (path) => !['node_modules', 'dist', '.cache'].includes(basename(path)),
    });
  }
  cpSync(join(repository, 'package.json'), join(root, 'package.json'));
  before = checkSource(root).violations;
  // The whole tree is copied, beside whatever else the machine does.
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('the rooms of this repository import in one direction only', () => {
  const { violations, counts } = checkSource(repository);
  expect(violations).toEqual([]);
  expect(counts.files).toBeGreaterThan(25);
  expect(counts.imports).toBeGreaterThan(100);
});

test('the command passes here, and exits 1 with file, line, rule and sentence where a fault is planted', () => {
  const good = runCommand(repository);
  expect(good.stdout).toMatch(/^\d+ packages, \d+ files, \d+ imports\n$/);
  expect(good.status).toBe(0);

  plant({ 'packages/core/src/encoding.ts': "import 'express';\n" }, (line) => {
    const bad = runCommand(root);
    expect(bad.stdout).toContain(`packages/core/src/encoding.ts:${line}: undeclared: Imports express, which is not`);
    expect(bad.status).toBe(1);
  });
});

test('the command fails where there is nothing to check', () => {
  const empty = mkdtempSync(join(tmpdir(), 'rooms-empty-'));
  try {
    writeFileSync(join(empty, 'package.json'), '{}');
    expect(runCommand(empty).status).toBe(1);
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
});

describe('between rooms, it reports', () => {
  refuses('core that imports another room', 'core/src/delivery/delivery.ts', "import '@countersign/http/node';", [
    'undeclared',
    'room-direction',
  ]);
  refuses('providers that import http', 'providers/src/planted.ts', "import '@countersign/http/node';", [
    'undeclared',
    'room-direction',
  ]);
  refuses('http that imports providers', 'http/src/planted.ts', "import '@countersign/providers/stripe';", [
    'undeclared',
    'room-direction',
  ]);
  refuses('an adapter that imports providers', 'express/src/planted.ts', "import '@countersign/providers/stripe';", [
    'undeclared',
    'room-direction',
  ]);
  refuses('an adapter that imports testing in src', 'express/src/planted.ts', "import '@countersign/testing';", [
    'undeclared',
    'room-direction',
  ]);
  refuses('an import by type only', 'http/src/planted.ts', "import type { A } from '@countersign/express';", [
    'undeclared',
    'room-direction',
  ]);
  refuses('an import inside a type', 'http/src/planted.ts', "export type A = import('@countersign/express').A;", [
    'undeclared',
    'room-direction',
  ]);
  refuses('a dynamic import', 'http/src/planted.ts', "export const load = () => import('@countersign/express');", [
    'undeclared',
    'room-direction',
  ]);
  refuses('a re-export', 'http/src/planted.ts', "export * from '@countersign/express';", [
    'undeclared',
    'room-direction',
  ]);
  refuses('a require', 'http/src/planted.ts', "export const loaded = require('@countersign/express');", [
    'undeclared',
    'room-direction',
  ]);
  refuses('an import equals', 'http/src/planted.ts', "import express = require('@countersign/express');", [
    'undeclared',
    'room-direction',
  ]);
  refuses('a declared module', 'http/src/planted.ts', "declare module '@countersign/express' {}", [
    'undeclared',
    'room-direction',
  ]);
  refuses('a package that imports itself by name', 'http/src/planted.ts', "import '@countersign/http/statuses';", [
    'room-direction',
  ]);
  refuses(
    'an import computed at run time',
    'http/src/planted.ts',
    'export const load = (name: string) => import(name);',
    ['computed-import'],
  );
  refuses('an import of a file that is not there', 'http/src/planted.ts', "import './nowhere.ts';", ['missing-file']);

  for (const [room, allowed, forbidden] of [
    ['stores', '@countersign/core', '@countersign/http/node'],
    ['queues', '@countersign/core', '@countersign/stores/redis'],
    ['fastify', '@countersign/http/node', '@countersign/providers/stripe'],
    ['hono', '@countersign/http/statuses', '@countersign/testing'],
    ['next', '@countersign/core', '@countersign/stores/redis'],
    ['testing', '@countersign/providers/stripe', '@countersign/http/node'],
    ['cli', '@countersign/testing', '@countersign/stores/redis'],
  ] as const) {
    test(`${room} that imports ${forbidden}, and nothing where it imports ${allowed}`, () => {
      const dependencies = Object.fromEntries([allowed, forbidden].map((name) => [packageOf(name), 'workspace:^']));
      const files = {
        [`packages/${room}/package.json`]: JSON.stringify({ name: `@countersign/${room}`, dependencies }),
        [`packages/${room}/src/index.ts`]: `import '${allowed}';\nimport '${forbidden}';\n`,
      };
      const found = plantOne(files).filter(({ file }) => file.startsWith(`packages/${room}/`));
      expect(found.filter(({ rule }) => rule === 'room-direction').map(({ file, line }) => [file, line])).toEqual([
        [`packages/${room}/package.json`, 1],
        [`packages/${room}/src/index.ts`, 2],
      ]);
    });
  }

  test('a folder that is not on the map', () => {
    const files = { 'packages/utilities/package.json': '{ "name": "@countersign/utilities" }' };
    expectRules(files, { 'packages/utilities/package.json': ['room-unknown'] });
  });
});

describe('between packages, it reports', () => {
  refuses('a peer that is not declared', 'http/src/planted.ts', "import type { Request } from 'express';", [
    'undeclared',
  ]);
  refuses('a development dependency in src', 'providers/src/planted.ts', "import Stripe from 'stripe';", [
    'undeclared',
  ]);
  refuses('a tool of the workspace in src', 'http/src/planted.ts', "import { test } from 'vitest';", ['undeclared']);
  refuses('a reference to types', 'core/src/encoding.ts', '/// <reference types="express" />', ['undeclared'], 'first');
  refuses('a path out of the package', 'http/src/planted.ts', "import '../../core/src/errors.ts';", ['public-name']);
  refuses('a path out of the package in a test', 'http/test/planted.test.ts', "import '../../core/src/errors.ts';", [
    'public-name',
  ]);
  refuses('a name that is not exported', 'http/src/planted.ts', "import '@countersign/core/src/errors.ts';", [
    'public-name',
  ]);
  refuses(
    'published code that imports a test',
    'http/src/planted.ts',
    "import '../test/planted.ts';",
    ['public-name'],
    {
      'packages/http/test/planted.ts': 'export {};\n',
    },
  );
  accepts(
    'a test that imports a development dependency',
    'providers/test/planted.test.ts',
    "import Stripe from 'stripe';",
  );
  accepts('a test that imports a tool of the workspace', 'http/test/planted.test.ts', "import { test } from 'vitest';");
  accepts('a peer in src', 'express/src/planted.ts', "import type { Request } from 'express';");
  accepts('core in a provider', 'providers/src/planted.ts', "import { defineProvider } from '@countersign/core';");

  test('a test that imports what nobody declared', () => {
    const files = { 'packages/http/test/planted.test.ts': "import 'left-pad';\n" };
    expectRules(files, { 'packages/http/test/planted.test.ts': ['undeclared'] });
  });

  test('an example that imports what it did not declare, and one that reaches into a package', () => {
    const files = {
      'examples/planted/package.json': '{ "name": "example-planted" }',
      'examples/planted/server.ts': "import 'left-pad';\nimport '../../packages/core/src/errors.ts';\n",
    };
    expectRules(files, { 'examples/planted/server.ts': ['undeclared', 'public-name'] });
  });
});

describe('in the manifests, it reports', () => {
  for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
    test(`anything but jose among the ${field} of core`, () => {
      const change = (manifest: Manifest) => ({ ...manifest, [field]: { jose: '6', 'left-pad': '1' } });
      const files = { 'packages/core/package.json': changedManifest('core', change) };
      const rules = field === 'dependencies' ? ['runtime-dependency'] : ['runtime-dependency', 'runtime-dependency'];
      expectRules(files, { 'packages/core/package.json': rules });
    });
  }
  test('a runtime dependency of another room', () => {
    const change = (manifest: Manifest) => ({
      ...manifest,
      dependencies: { '@countersign/core': '1', 'left-pad': '1' },
    });
    const files = { 'packages/providers/package.json': changedManifest('providers', change) };
    expectRules(files, { 'packages/providers/package.json': ['runtime-dependency'] });
  });
  test('a dependency on a room that may not be imported', () => {
    const change = (manifest: Manifest) => ({ ...manifest, dependencies: { '@countersign/http': '1' } });
    const files = { 'packages/core/package.json': changedManifest('core', change) };
    const { file, rule, sentence } = plantOne(files).find(({ rule }) => rule === 'room-direction') as Violation;
    expect({ file, rule, sentence }).toEqual({
      file: 'packages/core/package.json',
      rule: 'room-direction',
      sentence: 'core must not depend on http; it imports no other room.',
    });
  });
});

describe('inside core, it reports', () => {
  refuses(
    'a value that is imported upwards',
    'core/src/encoding.ts',
    "import { findHeader } from './delivery/header-fields.ts';",
    ['core-order'],
  );
  refuses(
    'a type that is imported upwards',
    'core/src/keys/secret.ts',
    "import type { Scheme } from '../schemes/scheme.ts';",
    ['core-order'],
  );
  refuses('crypto imported from below by its inner name', 'core/src/encoding.ts', "import { crypto } from '#crypto';", [
    'core-order',
    'cycle',
  ]);
  refuses('an inner name that is not there', 'core/src/event/event.ts', "import { crypto } from '#nothing';", [
    'missing-file',
  ]);
  refuses('a file without a place in the order', 'core/src/planted.ts', 'export {};', ['core-order']);
  refuses('jose outside of jwt', 'core/src/schemes/hmac.ts', "import { jwtVerify } from 'jose';", ['jose']);
  refuses('a type of jose outside of jwt', 'core/src/schemes/hmac.ts', "import type { JWK } from 'jose';", ['jose']);
  refuses('a way to jose through jwt', 'core/src/index.ts', "export * from './jwt.ts';", ['jose']);
  refuses(
    'a module of Node outside of crypto/node.ts',
    'core/src/keys/secret-source.ts',
    "import { createHmac } from 'node:crypto';",
    ['node-builtin'],
  );
  refuses(
    'a module of Node without its prefix',
    'core/src/keys/secret-source.ts',
    "import { createHmac } from 'crypto';",
    ['node-builtin'],
  );
  refuses('a type of Node', 'core/src/delivery/delivery.ts', "import type { IncomingMessage } from 'node:http';", [
    'node-builtin',
  ]);
  accepts('jose in jwt', 'core/src/jwt/planted.ts', "import { jwtVerify } from 'jose';");
  accepts('a module of Node in crypto/node.ts', 'core/src/crypto/node.ts', "import { hash } from 'node:crypto';");
});

describe('in circles, it reports', () => {
  test('two files that import each other, once', () => {
    const files = {
      'packages/http/src/one.ts': "import './two.ts';\n",
      'packages/http/src/two.ts': "import './one.ts';\n",
    };
    const found = plantOne(files);
    expect(found).toHaveLength(1);
    expect(found[0]?.rule).toBe('cycle');
    expect(found[0]?.sentence).toContain(
      'packages/http/src/one.ts -> packages/http/src/two.ts -> packages/http/src/one.ts',
    );
  });
  test('a file that imports itself', () => {
    const files = { 'packages/http/src/one.ts': "import './one.ts';\n" };
    expectRules(files, { 'packages/http/src/one.ts': ['cycle'] });
  });
  test('a circle that one type closes', () => {
    const files = {
      'packages/http/src/one.ts': "import './two.ts';\n",
      'packages/http/src/two.ts': "import type { A } from './one.ts';\n",
    };
    expectRules(files, { 'packages/http/src/two.ts': ['cycle'] });
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
    refuses(line, 'providers/src/planted.ts', line, ['secret-comparison']);
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
    accepts(line, 'providers/src/planted.ts', line);
  }
  accepts('a comparison in a test', 'core/test/planted.test.ts', 'expect(mac === given).toBe(true);');

  test('an allowed comparison that is not there any more', () => {
    const path = 'packages/core/src/stores/memory-store.ts';
    const text = readFileSync(join(root, path), 'utf8').replace('record.token === token', 'same(record, token)');
    expectRules({ [path]: text }, { '.ci/source-rules/map.mjs': ['secret-comparison'] });
  });
});

/** Plants one line at the end (or the beginning) of a file and expects exactly these rules to be broken, there. */
function refuses(
  what: string,
  path: string,
  line: string,
  rules: readonly string[],
  how: 'first' | Readonly<Record<string, string>> = {},
) {
  test(what, () => {
    const file = `packages/${path}`;
    const isFirst = how === 'first';
    const files = {
      ...(isFirst ? {} : how),
      [file]: isFirst ? `${line}\n${readFileSync(join(root, file), 'utf8')}` : `${line}\n`,
    };
    plant(
      files,
      (planted) => {
        const expected = rules.map((rule) => ({
          file,
          line: rule === 'core-order' && line === 'export {};' ? 1 : planted,
          rule,
        }));
        const found = newViolations().filter(({ rule }) => rule !== 'cycle' || rules.includes('cycle'));
        // A circle is reported where it closes, which may be any of its files.
        expect(found.filter(({ rule }) => rule !== 'cycle').map(withoutSentence)).toEqual(
          expected.filter(({ rule }) => rule !== 'cycle'),
        );
        expect(found.some(({ rule }) => rule === 'cycle')).toBe(rules.includes('cycle'));
      },
      isFirst,
    );
  });
}

function accepts(what: string, path: string, line: string) {
  test(`nothing for ${what}`, () => {
    plant({ [`packages/${path}`]: `${line}\n` }, () => expect(newViolations()).toEqual([]));
  });
}

function expectRules(files: Readonly<Record<string, string>>, rules: Readonly<Record<string, readonly string[]>>) {
  const found: Record<string, string[]> = {};
  for (const { file, rule } of plantOne(files)) found[file] = [...(found[file] ?? []), rule];
  expect(found).toEqual(rules);
}

function plantOne(files: Readonly<Record<string, string>>): Violation[] {
  let found: Violation[] = [];
  plant(files, () => (found = newViolations()), true);
  return found;
}

/** Writes or extends files in the copy, calls back with the line of the last one planted, and puts the copy back. */
function plant(files: Readonly<Record<string, string>>, use: (line: number) => void, replaces = false) {
  const undo: (() => void)[] = [];
  let line = 1;
  try {
    for (const [file, text] of Object.entries(files)) {
      const path = join(root, file);
      const old = read(path);
      if (old === undefined) {
        const top = firstMissing(path);
        undo.push(() => rmSync(top, { recursive: true }));
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
        line = 1;
      } else {
        undo.push(() => writeFileSync(path, old));
        if (replaces) writeFileSync(path, text);
        else appendFileSync(path, text);
        line = replaces ? 1 : old.split('\n').length;
      }
    }
    use(line);
  } finally {
    for (const step of undo.reverse()) step();
  }
}

function newViolations(): Violation[] {
  const known = new Set(before.map((violation) => JSON.stringify(violation)));
  return checkSource(root).violations.filter((violation) => !known.has(JSON.stringify(violation)));
}

function runCommand(directory: string) {
  return spawnSync(process.execPath, [join(repository, '.ci/rooms'), '--root', directory], { encoding: 'utf8' });
}

type Manifest = Record<string, unknown>;

function changedManifest(folder: string, change: (manifest: Manifest) => Manifest): string {
  const text = readFileSync(join(root, `packages/${folder}/package.json`), 'utf8');
  return JSON.stringify(change(JSON.parse(text) as Manifest), null, 2);
}

function packageOf(specifier: string): string {
  return specifier.split('/').slice(0, 2).join('/');
}

function withoutSentence({ file, line, rule }: Violation) {
  return { file, line, rule };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The outermost part of a path that does not exist yet. */
function firstMissing(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) ? path : firstMissing(parent);
}
