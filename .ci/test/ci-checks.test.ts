/** Negative controls of the other CI checks: each must detect its fault. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const load = (path: string): Promise<unknown> => import(join(repository, path));

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ci-checks-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the check of code in the docs', () => {
  const good = [
    '```ts',
    "import { createReceiver } from '@countersign/core';",
    "import { stripe } from '@countersign/providers/stripe';",
    "export const receiver = createReceiver({ provider: stripe, secrets: 'whsec_0123456789abcdef' });",
    '```',
  ];

  test('accepts blocks that compile, in README.md and below docs', () => {
    const indented = ['- A list', '', ...good.map((line) => `  ${line}`)];
    const { status, stdout } = checkDocs({ 'README.md': ['# Title', ...good], 'docs/guides/one.md': indented });
    expect(stdout).toBe('2 blocks of code in 2 files compile\n');
    expect(status).toBe(0);
  });

  test('refuses an import that nothing uses, and lets a block declare what it only shows', () => {
    const lines = ['# Title', '', '```ts', "import { readFileSync } from 'node:fs';", 'const shown = 1;', '```'];
    const { status, stdout } = checkDocs({ 'docs/errors.md': lines });
    expect(stdout).toContain(
      "docs/errors.md:4: docs-code: TS6133: 'readFileSync' is declared but its value is never read.",
    );
    expect(stdout).not.toContain('shown');
    expect(status).toBe(1);
  });

  test('names the Markdown line of a block that does not compile', () => {
    const lines = ['# Title', '', ...good, '', '```ts', 'export const one = 1;', "const two: number = 'two';", '```'];
    const { status, stdout } = checkDocs({ 'docs/errors.md': lines });
    expect(stdout).toContain("docs/errors.md:11: docs-code: TS2322: Type 'string' is not assignable to type 'number'.");
    expect(status).toBe(1);
  });

  test('compiles each block on its own', () => {
    const { status, stdout } = checkDocs({ 'README.md': [...good, '```ts', 'receiver.verify;', '```'] });
    expect(stdout).toContain("README.md:7: docs-code: TS2304: Cannot find name 'receiver'.");
    expect(status).toBe(1);
  });

  test('refuses a name that no package exports', () => {
    const lines = ['```ts', "import { createVerifier } from '@countersign/core';", '```'];
    const { status, stdout } = checkDocs({ 'README.md': lines });
    expect(stdout).toContain('README.md:2: docs-code: TS2305:');
    expect(status).toBe(1);
  });

  test('checks JavaScript for what it imports and calls', () => {
    const lines = [
      '```js title=server.mjs',
      "import { createReceiver } from '@countersign/core';",
      'createReciever();',
      '```',
    ];
    const { status, stdout } = checkDocs({ 'README.md': lines });
    expect(stdout).toContain("README.md:3: docs-code: TS2552: Cannot find name 'createReciever'.");
    expect(status).toBe(1);
  });

  test('refuses marks that would exclude a block', () => {
    const { status, stdout } = checkDocs({ 'README.md': [...good, '```ts no-check', 'export {};', '```'] });
    expect(stdout).toContain('README.md:6: docs-code: The mark "no-check" is not known');
    expect(status).toBe(1);
  });

  describe('in doc comments of exports', () => {
    const manifest = ['{ "name": "@countersign/one", "exports": { ".": { "countersign-source": "./src/index.ts" } } }'];
    const checkSource = (...source: string[]) =>
      checkDocs({ 'packages/one/package.json': manifest, 'packages/one/src/index.ts': source });
    const declaration = 'export function double(count: number): number { return 2 * count; }';

    test('compiles an example with the exports of its package and the declared names', () => {
      const { status, stdout } = checkSource('/**', ' * @example', ' * double(url.length);', ' */', declaration);
      expect(stdout).toBe('1 blocks of code in 1 files compile\n');
      expect(status).toBe(0);
    });

    test('names the source line of an example that does not compile', () => {
      const { status, stdout } = checkSource('/**', ' * @example', " * double('2');", ' */', declaration);
      expect(stdout).toContain('packages/one/src/index.ts:3: docs-code: TS2345:');
      expect(status).toBe(1);
    });

    test('refuses an exported function without an example', () => {
      const { status, stdout } = checkSource('/** Doubles. */', declaration);
      expect(stdout).toContain('packages/one/src/index.ts:2: docs-code: @countersign/one#double has no @example');
      expect(status).toBe(1);
    });
  });

  test('refuses a block that is not closed, and docs without any code', () => {
    expect(checkDocs({ 'README.md': [...good, '```ts', 'export {};'] }).stdout).toContain('The block is not closed.');
    expect(checkDocs({ 'README.md': ['# Nothing here'] }).status).toBe(1);
  });
});

describe('the check of generated docs', () => {
  const generator =
    "import { writeFileSync } from 'node:fs';\nwriteFileSync('docs/providers.md', '# Providers\\n\\nstripe\\n');\n";
  const check = (files: Readonly<Record<string, readonly string[]>>) => {
    const root = writeFiles({ 'scripts/generate-docs.ts': [generator], 'docs/guide.md': ['# Guide'], ...files });
    return { root, ...runNode('.ci/docs-fresh', ['--root', root]) };
  };

  test('passes if the generator changes nothing', () => {
    const { stdout, status } = check({ 'docs/providers.md': ['# Providers', '', 'stripe', ''] });
    expect(stdout).toBe('2 files unchanged by the generator\n');
    expect(status).toBe(0);
  });

  test('names the first line that is out of date, and leaves the page unchanged', () => {
    const { root, stdout, status } = check({ 'docs/providers.md': ['# Providers', '', 'svix', ''] });
    expect(stdout).toBe('docs/providers.md:3: docs-fresh: not what `npm run docs` generates.\n');
    expect(status).toBe(1);
    expect(readFileSync(join(root, 'docs/providers.md'), 'utf8')).toContain('svix');
  });

  test('reports a page that was never generated, and a generator that fails', () => {
    expect(check({}).stdout).toBe('docs/providers.md:1: docs-fresh: not what `npm run docs` generates.\n');
    expect(check({}).status).toBe(1);
    const { stdout, status } = check({ 'scripts/generate-docs.ts': ['process.exit(3);'] });
    expect(stdout).toBe('the generator ended with 3\n');
    expect(status).toBe(1);
  });
});

interface Measured {
  readonly text: string;
  readonly gzipBytes: number;
  readonly files: readonly string[];
  readonly loads: readonly string[];
}
interface Bundle {
  readonly name: string;
  readonly code: string;
  readonly conditions: readonly string[];
  readonly isPortable: boolean;
  readonly define?: Readonly<Record<string, string>>;
  readonly holdsJose?: boolean;
}

describe('the check of bundles', () => {
  let measure: (change: (bundle: Bundle) => Partial<Bundle>) => Promise<{ bundle: Bundle; measured: Measured }>;
  let bundleNamed: (name: string) => Bundle | undefined;
  let findFaults: (bundle: Bundle, measured: Measured, budgetBytes: number | undefined) => string[];
  let findForeign: (files: string[], conditions: string[]) => Promise<string[]>;

  beforeAll(async () => {
    const links = (await load('.ci/workspace-links.mjs')) as { linkWorkspace(directory: string): void };
    const bundling = (await load('.ci/bundles.mjs')) as {
      bundles: Bundle[];
      measureBundle(bundle: Bundle, directory: string): Promise<Measured>;
      findFaults: typeof findFaults;
      findForeignPresets(directory: string, presets: { file: string }[], conditions: string[]): Promise<string[]>;
    };
    const linked = join(directory, 'linked');
    links.linkWorkspace(linked);
    findFaults = bundling.findFaults;
    bundleNamed = (wanted) => bundling.bundles.find(({ name }) => name === wanted);
    findForeign = (files, conditions) =>
      bundling.findForeignPresets(
        linked,
        files.map((file) => ({ file })),
        conditions,
      );
    measure = async (change) => {
      const worker = bundling.bundles.find(({ name }) => name === 'worker') as Bundle;
      const changed = { ...worker, ...change(worker) };
      // From source, so that this test needs no build.
      const bundle = { ...changed, conditions: ['countersign-source', ...changed.conditions] };
      return { bundle, measured: await bundling.measureBundle(bundle, linked) };
    };
  });

  test('accepts the bundle of a worker', async () => {
    const { bundle, measured } = await measure(() => ({}));
    expect(findFaults(bundle, measured, 100_000)).toEqual([]);
    expect(measured.gzipBytes).toBeGreaterThan(1000);
  });

  test('reports a bundle above its budget, and one without a budget', async () => {
    const { bundle, measured } = await measure(() => ({}));
    expect(findFaults(bundle, measured, measured.gzipBytes)).toEqual([]);
    expect(findFaults(bundle, measured, measured.gzipBytes - 1)).toEqual([
      `It has ${measured.gzipBytes} bytes and may have ${measured.gzipBytes - 1}.`,
    ]);
    expect(findFaults(bundle, measured, undefined)).toEqual(['It has no budget.']);
  });

  test('accepts separate presets, and reports one that pulls in all others', async () => {
    const source = ['countersign-source'];
    expect(await findForeign(['stripe', 'clockify', 'aws-sns'], source)).toEqual([]);
    const [fault = ''] = await findForeign(['stripe', 'clockify', 'registry'], source);
    expect(fault).toMatch(/^The preset registry pulls in .*clockify.*stripe/);
  });

  test('reports a second preset', async () => {
    const { bundle, measured } = await measure(({ code }) => ({
      code: `${code}\nexport { github } from '@countersign/providers/github';`,
    }));
    expect(findFaults(bundle, measured, 100_000)).toEqual(['It holds the preset github.']);
  });

  test('reports jose', async () => {
    const { bundle, measured } = await measure(({ code }) => ({ code: `${code}\nexport { jwtVerify } from 'jose';` }));
    expect(findFaults(bundle, measured, 100_000)).toContain('It holds jose.');
    expect(findFaults({ ...bundle, holdsJose: true }, measured, 100_000)).not.toContain('It holds jose.');
  });

  test('reports the diagnosis, which no production bundle of an adapter contains', async () => {
    for (const name of ['express', 'hono', 'lambda']) {
      const adapter = (define?: Readonly<Record<string, string>>) =>
        measure(() => ({ ...(bundleNamed(name) as Bundle), ...(define === undefined ? {} : { define }) }));
      const { bundle, measured } = await adapter();
      expect(findFaults(bundle, measured, 100_000), name).toEqual([]);
      const development = await adapter({ 'process.env.NODE_ENV': '"development"' });
      const planted = await adapter({});
      for (const { measured: held } of [development, planted]) {
        expect(findFaults(bundle, held, 100_000), name).toContain('It holds the diagnosis, which is for development.');
        expect(held.gzipBytes).toBeGreaterThan(measured.gzipBytes + 10_000);
      }
    }
  });

  test('reports a Node module in the bundle of a worker, and allows it in the bundle for Node', async () => {
    const { bundle, measured } = await measure(() => ({ conditions: ['node'] }));
    expect(findFaults(bundle, measured, 100_000)).toContain('It loads node:crypto, which not every runtime has.');
    expect(findFaults({ ...bundle, isPortable: false }, measured, 100_000)).toEqual([]);
  });

  test('reports a name that only Node provides, in code but not in prose or after typeof', async () => {
    const prose = "export const hint = 'Mount it before process and Buffer'; export const has = typeof Buffer;";
    const harmless = await measure(({ code }) => ({ code: `${code}\n${prose}` }));
    expect(findFaults(harmless.bundle, harmless.measured, 100_000)).toEqual([]);
    const planted = await measure(({ code }) => ({ code: `${code}\nexport const bytes = Buffer.from('a');` }));
    expect(findFaults(planted.bundle, planted.measured, 100_000)).toEqual([
      'It uses Buffer, which not every runtime has.',
    ]);
  });
});

describe('the check of manifests', () => {
  const manifest = {
    name: '@countersign/planted',
    version: '1.0.0',
    description: 'Planted.',
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.19' },
    files: ['dist'],
    exports: { '.': './dist/index.js', './*': './dist/*.js' },
    dependencies: { '@countersign/core': '^1.0.0' },
  };
  const files = ['LICENSE', 'package.json', 'dist/index.js', 'dist/stripe.js'];
  let findManifestFaults: (manifest: object, files: readonly string[]) => string[];
  beforeAll(async () => {
    ({ findManifestFaults } = (await load('.ci/package-manifests.mjs')) as {
      findManifestFaults: typeof findManifestFaults;
    });
  });

  test('counts an entry of a pattern only if its declarations exist', async () => {
    const { listEntries } = (await load('.ci/package-manifests.mjs')) as {
      listEntries: (manifest: object, files: readonly string[]) => string[];
    };
    const entry = { types: './dist/typed/*.d.ts', default: './dist/*.js' };
    const exports = { './*/typed': { import: entry }, './typed/*': null };
    const found = listEntries({ exports }, [...files, 'dist/typed/stripe.d.ts', 'dist/typed/other.d.ts']);
    expect(found).toEqual(['./stripe/typed']);
  });
  test('accepts one that keeps its promises', () => {
    expect(findManifestFaults(manifest, files)).toEqual([]);
  });
  for (const [what, change, sentence] of [
    ['no engines', { engines: undefined }, 'It has no "engines".'],
    ['a private package', { private: true }, 'It is private and would not be published.'],
    ['another type', { type: 'commonjs' }, 'Its "type" is not "module".'],
    [
      'no statement on side effects',
      { sideEffects: undefined },
      'It does not say "sideEffects": false, so bundlers keep all of it.',
    ],
    ['a missing entry', { exports: './dist/gone.js' }, 'It points to dist/gone.js, which is not in its tarball.'],
    [
      'a range that only works in the workspace',
      { dependencies: { a: 'workspace:^' } },
      'dependencies has a as workspace:^.',
    ],
    [
      'types that TypeScript’s older way of resolving does not find',
      { exports: { './stripe': { import: { types: './dist/stripe.js', default: './dist/stripe.js' } } } },
      'moduleResolution node10 does not find the types of ./stripe: ./dist/stripe.js.',
    ],
  ] as const) {
    test(`reports ${what}`, () => expect(findManifestFaults({ ...manifest, ...change }, files)).toEqual([sentence]));
  }
  test('reports a tarball without a license and one with tests', () => {
    expect(findManifestFaults(manifest, files.slice(1))).toEqual(['Its tarball has no LICENSE.']);
    expect(findManifestFaults(manifest, [...files, 'test/a.ts'])).toEqual(['Its tarball holds test/a.ts.']);
  });
});

describe('the check of changesets', () => {
  for (const [what, text, sentence] of [
    [
      'a package that does not exist',
      '---\n"@countersign/nothing": minor\n---\n\nNew.\n',
      ':2: changesets: There is no package @countersign/nothing.',
    ],
    [
      'a bump that does not exist',
      '---\n"@countersign/core": huge\n---\n\nNew.\n',
      ':2: changesets: huge is not major, minor or patch.',
    ],
    ['no package', '---\n---\n\nNew.\n', ':1: changesets: It names no package.'],
    ['no text', '---\n"@countersign/core": minor\n---\n', 'It does not say what changed.'],
    ['no names at all', 'New.\n', ':1: changesets: It does not begin with the names'],
  ] as const) {
    test(`reports ${what}`, () => {
      const root = writeFiles({ '.changeset/planted.md': [text] });
      const { stdout, status } = runNode('.ci/changesets', ['--root', root]);
      expect(stdout).toContain(sentence);
      expect(status).toBe(1);
    });
  }
});

describe('the tally', () => {
  const passing = { status: 'passed', fullName: 'accepts' };

  test('prints the tally as its last line, including other checks', () => {
    expect(tally([passing, passing])).toEqual({ last: '2 passed, 0 failed, 0 skipped', status: 0 });
    expect(tally([passing], ['--passed', '3'])).toEqual({ last: '4 passed, 0 failed, 0 skipped', status: 0 });
    expect(tally([passing], ['--failed', '1'])).toEqual({ last: '1 passed, 1 failed, 0 skipped', status: 1 });
  });

  test('fails if a test failed, a file did not load, none ran, or there is no report', () => {
    expect(tally([passing, { status: 'failed', fullName: 'refuses' }]).last).toBe('1 passed, 1 failed, 0 skipped');
    expect(tally([passing, { status: 'failed', fullName: 'refuses' }]).status).toBe(1);
    expect(tally([], [], {}, 'failed')).toEqual({ last: '0 passed, 1 failed, 0 skipped', status: 1 });
    expect(tally([])).toEqual({ last: '0 passed, 0 failed, 0 skipped', status: 1 });
    const { stdout, status } = runNode('scripts/tally.mjs', ['--report', join(directory, 'nowhere.json')]);
    expect(stdout).toMatch(/^no report of the tests: .*\n(.*\n)*0 passed, 0 failed, 0 skipped\n$/);
    expect(status).toBe(1);
  });

  test('prints the titles of skipped tests', () => {
    const { stdout } = runTally([passing, { status: 'skipped', fullName: 'waits for the sea' }], [], {});
    expect(stdout).toContain('skipped: waits for the sea');
    expect(stdout).toContain('1 passed, 0 failed, 1 skipped');
  });

  test('a skipped live test fails only on a CI machine', () => {
    const live = { status: 'skipped', fullName: 'claims once (live Redis)' };
    expect(tally([passing, live], [], { CI: '' })).toEqual({ last: '1 passed, 0 failed, 1 skipped', status: 0 });
    expect(tally([passing, live], [], { CI: 'true' })).toEqual({ last: '1 passed, 1 failed, 0 skipped', status: 1 });
    const other = { status: 'skipped', fullName: 'is delivered later' };
    expect(tally([passing, other], [], { CI: 'true' })).toEqual({ last: '1 passed, 0 failed, 1 skipped', status: 0 });
  });

  test('a skipped vector test fails on a CI machine that has the vectors', () => {
    const vectors = { status: 'skipped', fullName: 'agrees with the published vectors' };
    const at = (shared: string) => tally([passing, vectors], ['--shared', shared], { CI: 'true' });
    expect(at(directory)).toEqual({ last: '1 passed, 1 failed, 0 skipped', status: 1 });
    expect(at(join(directory, 'nowhere'))).toEqual({ last: '1 passed, 0 failed, 1 skipped', status: 0 });
  });

  interface Result {
    readonly status: string;
    readonly fullName: string;
  }
  function tally(results: Result[], more: string[] = [], environment: Record<string, string> = {}, file = 'passed') {
    const { stdout, status } = runTally(results, more, environment, file);
    return { last: stdout.trim().split('\n').at(-1), status };
  }
  function runTally(results: Result[], more: string[], environment: Record<string, string>, file = 'passed') {
    const report = {
      testResults: [{ name: join(repository, 'planted.test.ts'), status: file, assertionResults: results }],
    };
    const path = join(directory, 'report.json');
    writeFileSync(path, JSON.stringify(report));
    return runNode('scripts/tally.mjs', ['--report', path, ...more], environment);
  }
});

describe('the runner of tasks', () => {
  test('refuses an unknown task before anything runs', () => {
    const { status, stdout, stderr } = runNode('scripts/run.mjs', ['install', 'nonsense']);
    expect(stderr).toContain('; not nonsense\n');
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test('every script of package.json names existing tasks, and passes on the arguments of the user', () => {
    const source = readFileSync(join(repository, 'scripts/run.mjs'), 'utf8');
    const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const [name, line] of Object.entries(scripts)) {
      const [, tasks] = /^node scripts\/run\.mjs ([a-z +-]+) --$/.exec(line) ?? [];
      if (tasks === undefined) expect([name, line]).toEqual(['ci', 'bash .ci/run']);
      for (const task of tasks?.split(/[ +]/) ?? []) expect(source).toMatch(new RegExp(`^ {2}'?${task}'?: \\{`, 'm'));
    }
  });
});

function checkDocs(files: Readonly<Record<string, readonly string[]>>) {
  return runNode('.ci/docs-code', ['--root', writeFiles(files)]);
}

function writeFiles(files: Readonly<Record<string, readonly string[]>>): string {
  const root = mkdtempSync(join(directory, 'tree-'));
  for (const [file, lines] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), lines.join('\n'));
  }
  return root;
}

function runNode(script: string, parameters: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, CI: '', ...environment };
  return spawnSync(process.execPath, [join(repository, script), ...parameters], { encoding: 'utf8', env });
}
