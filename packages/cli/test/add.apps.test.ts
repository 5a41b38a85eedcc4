/** What `countersign add` writes: types check, and the written test runs and passes, in a fresh project of each framework. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Added, addTo, appNames, compileIn, copyApp, installIn, runIn, runWrittenTest } from './app-folders.ts';
import { runHere } from './run-cli.ts';

const seconds = 1000;
/** Frameworks whose written test also runs with a wrong secret for every change; those of all others nightly. */
const alsoRefused = process.env.COUNTERSIGN_NIGHTLY === '1' ? appNames : ['express', 'next', 'nest'];

describe.each(appNames)('in a fresh project: %s', (name) => {
  test(
    'the written files compile, and the written test passes, and fails with a wrong secret',
    async () => {
      const folder = copyApp(name);
      const added = await addTo(folder, 'stripe');
      expect(added.framework).toBe(name.replace(/-(?:commonjs|javascript)$/, ''));
      await installIn(folder, added);
      if (name.startsWith('svelte-kit')) await runIn(folder, ['node_modules/@sveltejs/kit/svelte-kit.js', 'sync']);
      if (added.language === 'typescript') expect(await compileIn(folder)).toEqual({ code: 0, output: '' });

      const passed = await runWrittenTest(folder, added);
      expect(passed.output).toMatch(/(?:Tests\s+2 passed|pass 2)/);
      expect(passed.code).toBe(0);
      if (!alsoRefused.includes(name)) return;

      const path = join(folder, added.test.path);
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, text.replace('{ secret })', "{ secret: 'not_the_secret_of_this_receiver_01234' })"));
      expect(readFileSync(path, 'utf8')).not.toBe(text);
      const failed = await runWrittenTest(folder, added);
      expect(failed.output).toMatch(/401/);
      expect(failed.code).not.toBe(0);
    },
    120 * seconds,
  );
});

test('the test that Nest gets reaches the controller wherever a prefix has moved it to', async () => {
  const folder = copyApp('nest');
  const added = await addTo(folder, 'github');
  await installIn(folder, added);
  const path = join(folder, added.test.path);
  writeFileSync(
    path,
    readFileSync(path, 'utf8')
      .replace('  await app.listen', "  app.setGlobalPrefix('api');\n  await app.listen")
      .replace('/webhooks/github$', '/api/webhooks/github$'),
  );
  expect((await runWrittenTest(folder, added)).output).toMatch(/Tests\s+2 passed/);
}, 60_000);

test.each(['jest', 'vitest'] as const)(
  'a project in CommonJS that names %s gets a test for it, which passes',
  async (runner) => {
    const folder = copyApp('express-commonjs');
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, devDependencies: { [runner]: '*' } }));
    const added = await addTo(folder, 'stripe');
    expect(added.test.command).toContain(runner);
    await installIn(folder, added);
    const { output } = await runWrittenTest(folder, added);
    expect(output).toMatch(/Tests:?\s+2 passed/);
  },
  60_000,
);

/** An app as an ES module without a tsconfig.json, which names TypeScript all the same. */
function unconfigured(file: string): string {
  const folder = copyApp('express-commonjs');
  rmSync(join(folder, 'app.js'));
  writeFileSync(join(folder, file), "import express from 'express';\nexport const app = express();\n");
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const devDependencies = { typescript: '*', '@types/express': '*' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, type: 'module', devDependencies }));
  return folder;
}

test.each([
  ['app.js', 'javascript'],
  ['app.ts', 'typescript'],
])(
  'Node itself finds every file in an ES module without a tsconfig.json: %s',
  async (file, language) => {
    const folder = unconfigured(file);
    const added = await addTo(folder, 'stripe');
    expect(added.language).toBe(language);
    await installIn(folder, added);
    const [, route] = added.files;
    const { code, output } = await runIn(folder, ['--no-warnings', route?.path ?? '']);
    expect({ code, output }).toEqual({ code: 0, output: '' });
    expect((await runWrittenTest(folder, added)).output).toMatch(/(?:Tests\s+2 passed|pass 2)/);
  },
  60_000,
);

describe('what is written', () => {
  const filesOf = (added: Added) => Object.fromEntries(added.files.map(({ path, text }) => [path, text]));

  test('the variables go to the end of .env.example, once', async () => {
    const folder = copyApp('express');
    writeFileSync(join(folder, '.env.example'), 'PORT=3000');
    await addTo(folder, 'stripe');
    await addTo(folder, 'meta');
    const text = readFileSync(join(folder, '.env.example'), 'utf8');
    expect(text.split('\n').filter((line) => /^\w+=/.test(line))).toEqual([
      'PORT=3000',
      'STRIPE_WEBHOOK_SECRET=',
      'META_WEBHOOK_SECRET=',
      'META_VERIFY_TOKEN=',
    ]);
    writeFileSync(join(folder, '.env.example'), 'GITHUB_WEBHOOK_SECRET=\n');
    expect(Object.keys(filesOf(await addTo(folder, 'github')))).not.toContain('.env.example');
  });

  test('follows --dir: a folder for the files, a part of the URL, or another project', async () => {
    const [express, next] = [copyApp('express'), copyApp('next')];
    expect(Object.keys(filesOf(await addTo(express, 'stripe', '--dir', 'src/hooks'))).slice(0, 3)).toEqual([
      'src/hooks/stripe-receiver.ts',
      'src/hooks/stripe-route.ts',
      'src/hooks/stripe-route.test.ts',
    ]);
    const added = await addTo(next, 'stripe', '--dir', 'app/(public)/api/hooks');
    expect(added.files[1]?.path).toBe('app/(public)/api/hooks/stripe/route.ts');
    expect(added.url).toBe('/api/hooks/stripe');
    expect((await addTo(next, 'github', '--dir', express)).framework).toBe('express');
  });

  test('works from a folder inside the project, and names the package manager of its lockfile', async () => {
    const folder = copyApp('express');
    writeFileSync(join(folder, 'pnpm-lock.yaml'), '');
    const added = await addTo(join(folder, 'src'), 'stripe', '--dry-run');
    expect(added.files[0]?.path).toBe('src/webhooks/stripe-receiver.ts');
    expect(added.install.commands).toEqual([
      'pnpm add @countersign/core @countersign/providers @countersign/express',
      'pnpm add -D @countersign/testing vitest',
    ]);
  });

  test('a sender that checks its URL with GET gets a route for it', async () => {
    expect((await addTo(copyApp('next'), 'meta', '--dry-run')).files[1]?.text).toContain('export const GET = POST;');
    expect((await addTo(copyApp('express'), 'meta', '--dry-run')).mount.at(-1)).toContain('app.all(');
  });

  test('prints for people what to install, to mount and to set, and the facts to replace', async () => {
    const folder = copyApp('express');
    const { stdout, code } = await runHere(['add', 'convoy'], { folder });
    expect(code).toBe(0);
    for (const line of [
      'wrote src/webhooks/convoy-receiver.ts',
      'npm install @countersign/core @countersign/providers @countersign/express',
      'Replace the examples in src/webhooks/convoy-receiver.ts: Convoy leaves mode, hash, encoding, header open.',
      "import { convoyWebhook } from './webhooks/convoy-route.js';",
      "app.post('/webhooks/convoy', convoyWebhook());",
      'https://<your host>/webhooks/convoy',
      'npx vitest run src/webhooks/convoy-route.test.ts',
    ])
      expect(stdout).toContain(line);
  });
});

describe('nothing is written', () => {
  /** A project as it is afterwards: its files with their texts. */
  const filesIn = (folder: string) =>
    Object.fromEntries(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), 'utf8')]),
    );

  async function refuse(folder: string, words: readonly string[]): Promise<{ code: string; stderr: string }> {
    const before = filesIn(folder);
    const { code, stdout, stderr } = await runHere(['add', ...words, '--json'], { folder });
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 1 });
    expect(filesIn(folder)).toEqual(before);
    return { code: JSON.parse(stdout).error.code, stderr };
  }

  const edit = (folder: string, manifest: object | string) =>
    writeFileSync(join(folder, 'package.json'), typeof manifest === 'string' ? manifest : JSON.stringify(manifest));

  test('with --dry-run, which prints the same files that are written without it', async () => {
    const folder = copyApp('hono');
    const before = filesIn(folder);
    const printed = await addTo(folder, 'stripe', '--dry-run');
    expect(filesIn(folder)).toEqual(before);
    const { stdout } = await runHere(['add', 'stripe', '--dry-run'], { folder });
    expect(stdout).toContain('--- src/webhooks/stripe-route.ts\n/** Receives what Stripe posts.');
    const written = await addTo(folder, 'stripe');
    expect(written.files).toEqual(printed.files);
    for (const { path, text } of written.files) expect(readFileSync(join(folder, path), 'utf8')).toBe(text);
  });

  test('if one of the files exists, even the last, or a link that leads nowhere', async () => {
    const folder = copyApp('express');
    mkdirSync(join(folder, 'src/webhooks'));
    const path = join(folder, 'src/webhooks/stripe-route.test.ts');
    writeFileSync(path, '// mine\n');
    const { code, stderr } = await refuse(folder, ['stripe']);
    expect(code).toBe('file_exists');
    expect(stderr).toContain('src/webhooks/stripe-route.test.ts already exists; nothing was written.');
    expect((await refuse(folder, ['stripe', '--dry-run'])).code).toBe('file_exists');
    symlinkSync('/nowhere/at-all', join(folder, 'src/webhooks/github-route.ts'));
    expect((await refuse(folder, ['github'])).stderr).toContain('src/webhooks/github-route.ts already exists');
  });

  test('if one of the files cannot be written, after others have been', async () => {
    const folder = copyApp('express');
    // A folder in the place of the file that comes last.
    mkdirSync(join(folder, '.env.example'));
    expect((await refuse(folder, ['stripe'])).code).toBe('file_unwritable');
    expect(existsSync(join(folder, 'src/webhooks'))).toBe(false);
  });

  test.each<
    [title: string, app: string, manifest: object | string | undefined, words: string[], code: string, says: string]
  >([
    ['an unknown sender', 'express', undefined, ['stirpe'], 'provider_unknown', 'Did you mean stripe?'],
    [
      'a sender without a signature',
      'express',
      undefined,
      ['salesforce'],
      'provider_unverifiable',
      'cannot be verified',
    ],
    [
      'no framework',
      'express',
      { dependencies: {} },
      ['stripe'],
      'project_unknown',
      'names no known framework; name one with --framework',
    ],
    [
      'two frameworks',
      'express',
      { dependencies: { express: '5', hono: '4' } },
      ['stripe'],
      'project_unknown',
      '--framework express|hono',
    ],
    ['another framework', 'express', { dependencies: { koa: '3' } }, ['stripe'], 'project_unknown', 'a project of Koa'],
    [
      'a framework that is not installed',
      'hono',
      undefined,
      ['stripe', '--framework', 'next'],
      'project_unknown',
      'does not name next',
    ],
    [
      'a version that is too old',
      'next',
      { dependencies: { next: '^14.2.0' } },
      ['stripe'],
      'project_unknown',
      'needs Next.js 15.1 or later',
    ],
    [
      'a package.json that is broken',
      'express',
      '{ "name": secret_thing',
      ['stripe'],
      'project_unknown',
      'is not valid JSON',
    ],
    [
      'the Pages Router',
      'express',
      { dependencies: { next: '^16.0.0' } },
      ['stripe'],
      'project_unknown',
      'Pages Router',
    ],
    [
      'Nest in JavaScript',
      'express-commonjs',
      { dependencies: { '@nestjs/core': '12' } },
      ['stripe'],
      'project_unknown',
      'decorators',
    ],
    ['a folder outside of the routes', 'next', undefined, ['stripe', '--dir', 'lib'], 'usage', '--dir must be in app'],
    ['events that are signed one by one, in Nest', 'nest', undefined, ['adyen'], 'project_unknown', 'one by one'],
  ])('for %s', async (_, app, manifest, words, code, says) => {
    const folder = copyApp(app);
    if (manifest !== undefined) edit(folder, manifest);
    const refused = await refuse(folder, words);
    expect(refused.code).toBe(code);
    expect(refused.stderr).toContain(says);
    expect(refused.stderr).not.toContain('secret_thing');
  });

  test('outside of a project', async () => {
    const { code, stderr } = await runHere(['add', 'stripe'], { folder: '/' });
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'countersign: there is no package.json in / or above it.\n' });
  });
});
