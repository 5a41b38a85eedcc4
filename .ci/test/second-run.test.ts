/** Checks the second run: a test that fails while other files run and passes alone does not fail a run; everything else does. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'second-run-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const passing = `it('passes', () => expect(1).toBe(1));`;
/** Fails in the first run of a file, as on a machine that is busy then. */
const onceFailing = (message = 'too late') => `
  import { existsSync, writeFileSync } from 'node:fs';
  it('fails once', ({ task }) => {
    const marker = task.file.filepath + '.marker';
    if (existsSync(marker)) return;
    writeFileSync(marker, '');
    throw new Error(${JSON.stringify(message)});
  });`;
const alwaysFailing = `it('fails always', () => expect(1).toBe(2));`;

test('a test that passes when its file is repeated alone is printed and counts as passed', () => {
  const { status, stdout, tally } = runTests({ 'a.test.mjs': onceFailing(), 'b.test.mjs': passing });
  expect(stdout).toContain('> Repeating 1 file, one after the other');
  expect(tally.stdout).toContain('failed while other files ran, passed alone: fails once (');
  expect(tally.stdout).toMatch(/\n2 passed, 0 failed, 0 skipped\n$/);
  expect([status, tally.status]).toEqual([0, 0]);
});

test('a test that fails twice fails the run', () => {
  const { status, tally } = runTests({
    'a.test.mjs': onceFailing(),
    'b.test.mjs': alwaysFailing,
    'c.test.mjs': passing,
  });
  expect(tally.stdout).toMatch(/\n2 passed, 1 failed, 0 skipped\n$/);
  expect([status, tally.status]).toEqual([1, 1]);
});

test('a failure for a generated input is not repeated, since the second run would generate others', () => {
  const message = 'Property failed after 1 tests\n{ seed: 1, path: "0" }';
  const { status, stdout, tally } = runTests({ 'a.test.mjs': onceFailing(message), 'b.test.mjs': passing });
  expect(stdout).not.toContain('Repeating');
  expect(tally.stdout).toMatch(/\n1 passed, 1 failed, 0 skipped\n$/);
  expect(status).toBe(1);
});

test('a test that is skipped when it is repeated has not passed', () => {
  const skipping = `
    import { existsSync, writeFileSync } from 'node:fs';
    it('fails once', ({ task, skip }) => {
      const marker = task.file.filepath + '.marker';
      if (existsSync(marker)) skip();
      writeFileSync(marker, '');
      throw new Error('too late');
    });`;
  const { status, tally } = runTests({ 'a.test.mjs': skipping, 'b.test.mjs': passing });
  expect(tally.stdout).toMatch(/\n1 passed, 1 failed, 0 skipped\n$/);
  expect(status).toBe(1);
});

/** Fails before the tests of a file in its first run; `more` is what the file has besides. */
const onceFailingHook = (more: string, message = 'no server') => `
  import { existsSync, writeFileSync } from 'node:fs';
  const marker = import.meta.filename + '.marker';
  const wasThere = existsSync(marker);
  beforeAll(() => {
    writeFileSync(marker, '');
    if (!wasThere) throw new Error(${JSON.stringify(message)});
  });
  ${more}`;

test('a hook that fails is printed if its file passes alone, unless its tests are skipped then, or its message names a seed', () => {
  const passed = runTests({ 'a.test.mjs': onceFailingHook(passing) });
  expect(passed.tally.stdout).toContain(
    'failed while other files ran, passed alone: before or after the tests of a.test.mjs',
  );
  expect([passed.status, passed.tally.status]).toEqual([0, 0]);
  const skipping = "it.skipIf(wasThere)('talks to the server', () => undefined);";
  expect(runTests({ 'a.test.mjs': onceFailingHook(skipping), 'b.test.mjs': passing }).status).toBe(1);
  expect(runTests({ 'a.test.mjs': onceFailingHook(passing, 'seed 42') }).status).toBe(1);
});

test('a property that takes too long is not repeated', () => {
  const slow = onceFailing('Test timed out in 5000ms.');
  expect(runTests({ 'a.test.mjs': `${slow} // uses fast-check` }).status).toBe(1);
  expect(runTests({ 'a.test.mjs': slow }).status).toBe(0);
});

test('a file that never loads is not forgotten if the tests are divided', () => {
  const files = { 'a.test.mjs': onceFailing(), 'b.test.mjs': "throw new Error('does not load');" };
  expect(runTests(files, {}, ['--shard=1/1']).status).toBe(1);
});

test('nothing is repeated if something failed outside of tests', () => {
  const rejecting = `${passing} void Promise.reject(new Error('nobody handled it'));`;
  const { status, stdout } = runTests({ 'a.test.mjs': onceFailing(), 'b.test.mjs': rejecting });
  expect(stdout).not.toContain('Repeating');
  expect(status).toBe(1);
});

test('nothing is repeated if so many files fail that the change is wrong, or if the first run alone is to count', () => {
  const many = Object.fromEntries(Array.from({ length: 41 }, (_, number) => [`${number}.test.mjs`, onceFailing()]));
  expect(runTests(many).status).toBe(1);
  expect(runTests({ 'a.test.mjs': onceFailing() }, { COUNTERSIGN_NO_SECOND_RUN: '1' }).status).toBe(1);
});

test('a title that was asked for is still the only one that is repeated', () => {
  const file = `${onceFailing()} ${alwaysFailing}`;
  const { status, tally } = runTests({ 'a.test.mjs': file }, {}, ['-t', 'fails once']);
  expect(tally.stdout).toMatch(/\n1 passed, 0 failed, 1 skipped\n$/);
  expect(status).toBe(0);
});

function runTests(files: Readonly<Record<string, string>>, environment: object = {}, more: readonly string[] = []) {
  const root = mkdtempSync(join(directory, 'tree-'));
  mkdirSync(root, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  const report = join(root, 'report.json');
  const env = {
    ...process.env,
    NO_COLOR: '1',
    CI: '',
    ...environment,
    PATH: `${join(repository, 'node_modules/.bin')}:${process.env.PATH}`,
  };
  for (const name of Object.keys(env)) if (name.startsWith('VITEST')) delete env[name as keyof typeof env];
  const run = (script: string, parameters: readonly string[]) =>
    spawnSync(process.execPath, [join(repository, script), ...parameters], { encoding: 'utf8', env, cwd: root });
  const { status, stdout, stderr } = run('scripts/tests.mjs', [
    '--report',
    report,
    '--root',
    root,
    '--globals',
    ...more,
  ]);
  if (status === null || status > 1) throw new Error(stderr);
  expect(JSON.parse(readFileSync(report, 'utf8'))).toHaveProperty('testResults');
  return { status, stdout, tally: run('scripts/tally.mjs', ['--report', report]) };
}
