/** Fresh projects of each framework, with exactly the packages that they name and that `countersign add` asks for. */

import { spawn } from 'node:child_process';
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
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildPackagesOf } from 'example-testing/built-packages';
import { afterAll } from 'vitest';
import { runHere } from './run-cli.ts';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const apps = fileURLToPath(new URL('apps/', import.meta.url));
const compiler = fileURLToPath(new URL('../../../node_modules/typescript-7/bin/tsc', import.meta.url));

/** The names of the projects. */
export const appNames: readonly string[] = readdirSync(apps).toSorted();

/** What `countersign add --json` prints. */
export interface Added {
  readonly framework: string;
  readonly language: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly install: {
    readonly dependencies: readonly string[];
    readonly devDependencies: readonly string[];
    readonly commands: readonly string[];
  };
  readonly test: { readonly path: string; readonly command: string; readonly signsDeliveries: boolean };
  readonly url: string;
  readonly mount: readonly string[];
  readonly written: boolean;
}

/** A copy of a project in a folder of its own, without packages. */
export function copyApp(name: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-app-')));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(apps, name), folder, { recursive: true });
  return folder;
}

/** Runs `countersign add` in a project. */
export async function addTo(folder: string, sender: string, ...words: string[]): Promise<Added> {
  const { code, stdout, stderr } = await runHere(['add', sender, '--json', ...words], { folder });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Added;
}

/** Links the packages that package.json names, and those that were asked for, and no others. */
export async function installIn(folder: string, { install }: Pick<Added, 'install'>): Promise<void> {
  const path = join(folder, 'package.json');
  const { dependencies, devDependencies, ...manifest } = JSON.parse(readFileSync(path, 'utf8'));
  const asked = Object.fromEntries([...install.dependencies, ...install.devDependencies].map((name) => [name, '*']));
  const all = { ...dependencies, ...devDependencies, ...asked };
  writeFileSync(path, JSON.stringify({ ...manifest, dependencies: all }, null, 2));
  await buildPackagesOf(pathToFileURL(`${folder}/`));
  for (const name of Object.keys(all)) {
    const target = join(folder, 'node_modules', name);
    mkdirSync(dirname(target), { recursive: true });
    if (!existsSync(target)) symlinkSync(sourceOf(all[name].startsWith('^4.21') ? 'express-4' : name, all), target);
  }
}

/** The adapter's own copy of a framework first, so that there is one. */
function sourceOf(name: string, all: object): string {
  if (name.startsWith('@countersign/')) return join(packages, name.slice('@countersign/'.length));
  const adapters = Object.keys(all).flatMap((one) =>
    one.startsWith('@countersign/') ? [one.slice('@countersign/'.length)] : [],
  );
  const found = [...adapters, 'cli', 'adapter-servers']
    .map((one) => join(packages, one, 'node_modules', name))
    .find((one) => existsSync(one));
  if (found === undefined) throw new Error(`no package of this workspace has ${name}`);
  return realpathSync(found);
}

/** What a program printed, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program in a project. */
export function runIn(folder: string, words: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'test', NO_COLOR: '1', CI: '1' };
    const child = spawn(process.execPath, words, { cwd: folder, env: env as NodeJS.ProcessEnv });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** Checks the types of a project. */
export const compileIn = (folder: string) => runIn(folder, [compiler, '-p', '.', '--noEmit', '--pretty', 'false']);

/** Runs the test that was written, by the runner that was named. */
export function runWrittenTest(folder: string, { test }: Added): Promise<Ended> {
  if (test.command.startsWith('node ')) return runIn(folder, test.command.split(' ').slice(1));
  return runIn(folder, [join(folder, 'node_modules/vitest/vitest.mjs'), 'run', test.path]);
}
