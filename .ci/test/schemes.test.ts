/** A scheme added to the union of descriptions does not compile until every place that reads its kind handles it. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const compiler = join(repository, 'node_modules/typescript-7/bin/tsc');
const union = 'packages/core/src/schemes/scheme-description.ts';

/** Every file that must know each scheme, by what it does with them. */
const places = {
  describe: ['packages/core/src/describe/scheme-facts.ts'],
  lint: ['packages/core/src/describe/provider-lint.ts'],
  diagnosis: ['packages/core/src/diagnose/scheme-variants.ts', 'packages/core/src/diagnose/signed-text.ts'],
  signer: ['packages/testing/src/signing/sign-delivery.ts', 'packages/testing/src/signing/signing-keys.ts'],
  docs: ['scripts/provider-pages.ts'],
};

let root = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'schemes-'));
  cpSync(join(repository, 'scripts'), join(root, 'scripts'), { recursive: true });
  for (const name of ['package.json', 'tsconfig.base.json']) cpSync(join(repository, name), join(root, name));
  mkdirSync(join(root, 'node_modules/@countersign'), { recursive: true });
  for (const name of readdirSync(join(repository, 'node_modules'))) {
    if (!name.startsWith('.') && name !== '@countersign')
      symlinkSync(join(repository, 'node_modules', name), join(root, 'node_modules', name));
  }
  for (const name of ['core', 'providers', 'testing', 'http']) {
    const [from, to] = [join(repository, 'packages', name), join(root, 'packages', name)];
    cpSync(join(from, 'src'), join(to, 'src'), { recursive: true });
    cpSync(join(from, 'package.json'), join(to, 'package.json'));
    symlinkSync(to, join(root, 'node_modules/@countersign', name));
  }
  // jose, and the senders' packages, of which only types are imported.
  for (const name of ['core', 'providers']) {
    const [from, to] = [
      join(repository, 'packages', name, 'node_modules'),
      join(root, 'packages', name, 'node_modules'),
    ];
    mkdirSync(to);
    for (const installed of readdirSync(from))
      if (!installed.startsWith('.') && installed !== '@countersign')
        symlinkSync(join(from, installed), join(to, installed));
  }
  const include = ['packages/core/src', 'packages/providers/src', 'packages/testing/src', 'scripts/provider-pages.ts'];
  writeFileSync(join(root, 'tsconfig.json'), JSON.stringify({ extends: './tsconfig.base.json', include }));
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Each error that the compiler prints, with its file. */
function compile(): readonly { readonly file: string; readonly text: string }[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.json', '--noEmit'], {
    cwd: root,
    encoding: 'utf8',
  });
  const errors = stdout.split(/^(?=\S+\(\d+,\d+\): error )/m).filter((text) => text.trim() !== '');
  // A compiler that did not run finds no errors either.
  expect(stderr).toBe('');
  expect(status === 0).toBe(errors.length === 0);
  return errors.map((text) => ({ file: text.slice(0, text.indexOf('(')), text }));
}

test('the unchanged copy compiles', () => {
  expect(compile()).toEqual([]);
}, 120_000);

test('a seventh scheme is an error in every place that reads the kind of a scheme', () => {
  const path = join(root, union);
  const before = readFileSync(path, 'utf8');
  const open = '  | { readonly kind: OwnSchemeKind;';
  expect(before.split(open)).toHaveLength(2);
  const planted = "  | { readonly kind: 'planted'; readonly description: { readonly seal: string } }\n";
  writeFileSync(path, before.replace(open, planted + open));
  const errors = compile();
  writeFileSync(path, before);
  expect([...new Set(errors.map(({ file }) => file))].sort()).toEqual(Object.values(places).flat().sort());
  for (const { file, text } of errors) expect(text, file).toContain('planted');
}, 120_000);
