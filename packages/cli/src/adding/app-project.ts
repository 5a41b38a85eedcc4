/** Finds out how a project is written: its framework, its language, its modules, its test runner. */

import { readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { CliFailure } from '../frame/failure.ts';
import { isThere, readIfThere } from '../frame/new-files.ts';
import { printable } from '../frame/output.ts';
import { type AppFramework, appFrameworks, findFramework } from './app-framework.ts';
import { type CompilerSettings, readCompilerSettings } from './compiler-settings.ts';

/** A program that runs tests. `node` is the one in Node itself. */
export type TestRunner = 'vitest' | 'jest' | 'node';

/** A project, as far as new files depend on it. */
export interface AppProject {
  /** The folder of its package.json. */
  readonly root: string;
  readonly framework: AppFramework;
  readonly language: 'typescript' | 'javascript';
  readonly modules: 'esm' | 'commonjs';
  /** The end of file names: `ts`, `js`, `mjs`. */
  readonly extension: string;
  /** The end of relative imports: `.js`, `.ts` or nothing. */
  readonly importEnding: string;
  readonly settings: CompilerSettings;
  readonly runner: TestRunner;
  readonly manager: 'npm' | 'pnpm' | 'yarn' | 'bun';
  /** The folder that was asked for, relative to the root and with slashes; undefined if none was. */
  readonly target: string | undefined;
  /** True if package.json names the package. */
  has(name: string): boolean;
  /** True if there is such a file or folder in the project. */
  hasPath(path: string): boolean;
}

interface Manifest {
  readonly type?: unknown;
  readonly packageManager?: unknown;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly devDependencies?: Readonly<Record<string, unknown>>;
  readonly peerDependencies?: Readonly<Record<string, unknown>>;
}

const ignored = new Set(['node_modules', 'dist', 'build', 'out', 'coverage']);

/**
 * Reads the project around a folder.
 *
 * @param folder the folder for the new files; one with a package.json is the project itself
 * @throws CliFailure project_unknown, usage
 */
export async function readAppProject(folder: string, frameworkId: string | undefined): Promise<AppProject> {
  const root = await findRoot(folder);
  const manifest = await readManifest(root);
  const versions = { ...manifest.peerDependencies, ...manifest.devDependencies, ...manifest.dependencies };
  const paths = await listPaths(root);
  const hasPath = (path: string) => paths.has(path);
  const has = (name: string) => Object.hasOwn(versions, name);
  const framework = findFramework({ versions, paths }, frameworkId);
  const settings = await readCompilerSettings(root);
  const isConfigured = hasPath('tsconfig.json') && framework.id !== 'svelte-kit';
  const isTyped = isConfigured || (has('typescript') && (framework.needsTypeScript === true || !isJavaScript(paths)));
  const language = isTyped ? 'typescript' : 'javascript';
  const form = { ...(await moduleForm(root, manifest, framework, paths)), ...(isTyped && { extension: 'ts' }) };
  if (framework.needsTypeScript === true && !isTyped)
    throw new CliFailure(
      'project_unknown',
      `${framework.title} needs TypeScript's decorators, and this project is JavaScript.`,
    );
  if (isTyped && form.modules === 'commonjs' && settings.verbatimModuleSyntax === true)
    throw new CliFailure(
      'project_unknown',
      'tsconfig.json sets verbatimModuleSyntax in a CommonJS package, where import cannot be used; add "type": "module" to package.json.',
    );
  const target = relative(root, folder).split(sep).join('/');
  return {
    root,
    framework,
    language,
    ...form,
    importEnding: endingOf(isTyped, form, framework, isConfigured ? settings : undefined),
    settings,
    runner: runnerOf(has, framework, isTyped),
    manager: await managerOf(root, manifest),
    target: target === '' ? undefined : target,
    has,
    hasPath,
  };
}

async function findRoot(folder: string): Promise<string> {
  for (let current = resolve(folder); ; current = dirname(current)) {
    if (await isThere(join(current, 'package.json'))) return current;
    if (dirname(current) === current)
      throw new CliFailure('project_unknown', `there is no package.json in ${printable(folder)} or above it.`);
  }
}

async function readManifest(root: string): Promise<Manifest> {
  try {
    const manifest: unknown = JSON.parse((await readIfThere(join(root, 'package.json'))) ?? '');
    if (typeof manifest === 'object' && manifest !== null && !Array.isArray(manifest)) return manifest;
  } catch {
    // Reported below: the engine's message quotes the file.
  }
  throw new CliFailure('project_unknown', `${printable(join(root, 'package.json'))} is not valid JSON.`);
}

/** Files and folders, three levels deep. */
async function listPaths(root: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const visit = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      found.add(path);
      if (entry.isDirectory() && depth > 1 && !ignored.has(entry.name)) await visit(path, depth - 1);
    }
  };
  await visit('', 3);
  return found;
}

/** True if all files are JavaScript, and TypeScript is there only to check or to lint them. */
function isJavaScript(paths: ReadonlySet<string>): boolean {
  if (paths.has('tsconfig.json')) return false;
  const own = [...paths].filter(
    (path) => !/(?:^|\/)(?:\.|node_modules\/)|config\.[cm]?[jt]s$|\.d\.[cm]?ts$/.test(path),
  );
  return own.some((path) => /\.[cm]?jsx?$/.test(path)) && !own.some((path) => /\.(?:[cm]?tsx?|svelte)$/.test(path));
}

/** JavaScript is written as the project's own files are: by package.json, or by what a bundler lets them be. */
async function moduleForm(
  root: string,
  { type }: Manifest,
  framework: AppFramework,
  paths: ReadonlySet<string>,
): Promise<Pick<AppProject, 'modules' | 'extension'>> {
  if (type === 'module') return { modules: 'esm', extension: 'js' };
  if (framework.isBundled === true) return { modules: 'esm', extension: 'js' };
  const own = [...paths].filter((path) => /^(?:src\/)?[\w.-]+\.[cm]?js$/.test(path) && !/config\.[cm]?js$/.test(path));
  if (own.some((path) => path.endsWith('.mjs')) && !own.some((path) => /\.c?js$/.test(path)))
    return { modules: 'esm', extension: 'mjs' };
  const texts = await Promise.all(own.map((path) => readIfThere(join(root, path))));
  // A bundler makes a program of these; Node 22 and later detects the syntax.
  if (texts.some((text) => /^(?:import|export)\s/m.test(text ?? ''))) return { modules: 'esm', extension: 'js' };
  return { modules: 'commonjs', extension: 'js' };
}

function endingOf(
  isTyped: boolean,
  { modules, extension }: Pick<AppProject, 'modules' | 'extension'>,
  framework: AppFramework,
  settings: CompilerSettings | undefined,
): string {
  if (!isTyped) return `.${extension}`;
  if (framework.isBundled === true) return '';
  // No compiler is set up, so the files run as they are. Node then needs the very name of the file.
  if (settings === undefined) return modules === 'esm' ? '.ts' : '';
  const { moduleResolution, module, allowImportingTsExtensions, rewriteRelativeImportExtensions } = settings;
  if (allowImportingTsExtensions === true || rewriteRelativeImportExtensions === true) return '.ts';
  const resolution = moduleResolution ?? module ?? '';
  if (/^(?:bundler|node|node10|classic)$/i.test(moduleResolution ?? '')) return '';
  return modules === 'esm' && /^(?:node\d*|nodenext)$/i.test(resolution) ? '.js' : '';
}

function runnerOf(has: AppProject['has'], framework: AppFramework, isTyped: boolean): TestRunner {
  if (has('vitest')) return 'vitest';
  if (framework.needsVitest === true) return 'vitest';
  if (has('jest')) return 'jest';
  // Node runs JavaScript alone; vitest also compiles.
  return isTyped || framework.isBundled === true ? 'vitest' : 'node';
}

async function managerOf(root: string, { packageManager }: Manifest): Promise<AppProject['manager']> {
  const named = /^(npm|pnpm|yarn|bun)@/.exec(String(packageManager ?? ''))?.[1];
  if (named !== undefined) return named as AppProject['manager'];
  const locks = {
    'pnpm-lock.yaml': 'pnpm',
    'yarn.lock': 'yarn',
    'bun.lock': 'bun',
    'bun.lockb': 'bun',
    'package-lock.json': 'npm',
  } as const;
  // The lockfile of a workspace is further up.
  for (let folder = root; ; folder = dirname(folder)) {
    for (const [file, manager] of Object.entries(locks)) if (await isThere(join(folder, file))) return manager;
    if ((await isThere(join(folder, '.git'))) || dirname(folder) === folder) return 'npm';
  }
}

/** The ids for `--framework`. */
export const frameworkIds: readonly string[] = appFrameworks.map(({ id }) => id);
