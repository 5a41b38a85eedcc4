/** Reads the relevant files of a project's folder, limited in files and bytes. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { CliFailure } from '../frame/failure.ts';
import { printable } from '../frame/output.ts';
import { readSourceFile, type SourceFile } from './source-file.ts';

/** Maximum number of files, maximum file size, and maximum total to parse: a tree takes a hundred times its text. */
export const limits = { files: 10_000, fileBytes: 1_048_576, parsedBytes: 16 * 1_048_576 } as const;

const skippedFolders = new Set(
  'node_modules bower_components dist build out output coverage vendor target __generated__ __snapshots__'.split(' '),
);
const testFolders = /(?:^|\/)(?:tests?|__tests__|__mocks__|specs?|e2e|cypress|fixtures)\//i;
const testFiles = /\.(?:test|spec|stories|bench|d)\.[cm]?[jt]sx?$/i;
const sourceFiles = /\.[cm]?[jt]sx?$/i;
/** The words that a file must contain for a rule to apply, so that other files need not be parsed. */
const telling =
  /countersign|webhook|express|koa|toWebRequest|@nestjs|export \*|export \{[^}]*\} from|body-?parser|NestFactory|hono|createHmac|constructEvent|subtle|runtime|signature|whsec_/i;
/** Files that matter by being there, or by what they leave out. */
const framing = /(?:^|\/)(?:(?:svelte|vite|astro|next)\.config|proxy|middleware)\.[cm]?[jt]s$/i;
/** Files that show that a project is deployed as functions. */
const functionConfigs =
  /^(?:vercel\.json|netlify\.toml|wrangler\.(?:toml|jsonc?)|serverless\.ya?ml|samconfig\.toml|sst\.config\.[jt]s|open-next\.config\.[jt]s|template\.ya?ml)$/;

/** A project, as far as it was read. */
export interface Project {
  /** By their paths relative to the folder, with slashes. */
  readonly files: ReadonlyMap<string, SourceFile>;
  /** `.env` and similar files, by their paths. */
  readonly environmentFiles: ReadonlyMap<string, string>;
  /** The dependencies of each package.json, with their version texts, by folder: '' is the project's own. */
  readonly dependencies: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** The texts of `supabase/config.toml`, by the folder of the `supabase` folder: '' is the project's own. */
  readonly supabaseConfigs: ReadonlyMap<string, string>;
  /** Number of source files. */
  readonly fileCount: number;
  /** Folders that are deployed as functions, according to a file; '' is the project's own. */
  readonly functionFolders: readonly string[];
  /** The parts that were left out, as sentences. */
  readonly notes: readonly string[];
}

/** @throws CliFailure file_unreadable if the folder cannot be read */
export async function readProject(
  folder: string,
  maxFiles: number = limits.files,
  maxParsedBytes: number = limits.parsedBytes,
): Promise<Project> {
  const files = new Map<string, SourceFile>();
  const environmentFiles = new Map<string, string>();
  const dependencies = new Map<string, Readonly<Record<string, string>>>();
  const supabaseConfigs = new Map<string, string>();
  const functionFolders: string[] = [];
  const notes: string[] = [];
  let [fileCount, parsedBytes] = [0, 0];
  for await (const path of walk(folder)) {
    const name = posix.basename(path);
    const within = posix.dirname(path) === '.' ? '' : `${posix.dirname(path)}/`;
    if (functionConfigs.test(name)) functionFolders.push(within);
    const supabase = /^((?:.*\/)?)supabase\/config\.toml$/.exec(path)?.[1];
    if (supabase !== undefined) supabaseConfigs.set(supabase, String(await readText(join(folder, path))));
    if (name === 'package.json') dependencies.set(within, readDependencies(await readText(join(folder, path))));
    const isEnvironment = /^\.env(?:\..+)?$/.test(name);
    if (!isEnvironment && !isSource(path)) continue;
    if (fileCount >= maxFiles) {
      notes.push(
        `There are more than ${maxFiles} files; files from ${printable(path)} on were not checked. Name a folder further down.`,
      );
      break;
    }
    fileCount += 1;
    const text = await readText(join(folder, path));
    if (typeof text !== 'string') notes.push(`${printable(path)} was left out: ${text.reason}.`);
    else if (isEnvironment) environmentFiles.set(path, text);
    else if ((telling.test(text) || framing.test(path)) && !isMinified(text)) {
      const isFirstTooMuch = parsedBytes <= maxParsedBytes && parsedBytes + text.length > maxParsedBytes;
      parsedBytes += text.length;
      if (isFirstTooMuch) {
        notes.push(
          `There are more than ${maxParsedBytes} bytes to parse; files from ${printable(path)} on were not checked. Name a folder further down.`,
        );
      }
      if (parsedBytes > maxParsedBytes) continue;
      const file = readSourceFile(path, text);
      if (file === undefined) notes.push(`${printable(path)} was left out: it cannot be parsed.`);
      else files.set(path, file);
    }
  }
  return { files, environmentFiles, dependencies, supabaseConfigs, fileCount, functionFolders, notes };
}

/**
 * The first digits of a package's version in the nearest package.json; undefined if none names it, or for a tag.
 *
 * @param folder the folder of the file, with a trailing slash; '' for the project's own
 */
export function majorOf(project: Project, folder: string, name: string): number | undefined {
  const nearest = [...project.dependencies]
    .filter(([within, versions]) => folder.startsWith(within) && Object.hasOwn(versions, name))
    .sort(([left], [right]) => right.length - left.length)[0];
  const digits = /\d+/.exec(nearest?.[1][name] ?? '')?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The file of the project that a relative import refers to, or one with a usual alias of its source folder; or
 * undefined.
 */
export function findImported(project: Project, from: SourceFile, module: string): SourceFile | undefined {
  for (const base of basesOf(from, module)) {
    const found = findByStem(project, base);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** SvelteKit's `$lib/`, and `@/` and `~/` as in templates of Next.js, Astro and Nuxt. */
function basesOf(from: SourceFile, module: string): readonly string[] {
  if (/^\.\.?(?:\/|$)/.test(module)) return [posix.normalize(posix.join(posix.dirname(from.path), module))];
  const [, alias, rest = ''] = /^(\$lib|[@~])\/(.+)$/.exec(module) ?? [];
  if (alias === undefined) return [];
  const source = /^(?:.*\/)?src\//.exec(from.path)?.[0];
  if (alias === '$lib') return source === undefined ? [] : [`${source}lib/${rest}`];
  const root = source ?? /^((?:.*\/)?)(?:app|pages)\//.exec(from.path)?.[1];
  return root === undefined ? [] : [`${root}${rest}`];
}

function findByStem(project: Project, base: string): SourceFile | undefined {
  // TypeScript's own convention: the name of the output file refers to its source.
  const stem = base.replace(/\.([cm]?)jsx?$/, '.$1ts');
  const endings = [
    '',
    '.ts',
    '.tsx',
    '.js',
    '.jsx',
    '.mts',
    '.cts',
    '.mjs',
    '.cjs',
    '/index.ts',
    '/index.tsx',
    '/index.js',
  ];
  for (const candidate of [...endings.map((ending) => base + ending), stem, `${stem}x`]) {
    const found = project.files.get(candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readDependencies(text: string | { readonly reason: string }): Readonly<Record<string, string>> {
  try {
    const { dependencies, devDependencies } = JSON.parse(String(text)) as Record<string, object | undefined>;
    const versions = Object.entries({ ...devDependencies, ...dependencies } as Record<string, unknown>);
    return Object.fromEntries(versions.map(([name, version]) => [name, String(version)]));
  } catch {
    return {};
  }
}

function isSource(path: string): boolean {
  return sourceFiles.test(path) && !testFiles.test(path) && !testFolders.test(path) && !/\.min\.[cm]?js$/.test(path);
}

/** Bundled code has many letters in few lines. */
function isMinified(text: string): boolean {
  return text.length > 20_000 && text.length / text.split('\n').length > 400;
}

async function* walk(folder: string): AsyncGenerator<string> {
  const waiting = [folder];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    const entries = await readdir(current, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
      // An unreadable subfolder is not a reason to stop.
      if (current !== folder) return [];
      const reason =
        cause.code === 'ENOTDIR'
          ? 'it is a file'
          : cause.code === 'ENOENT'
            ? 'there is no such folder'
            : 'it cannot be opened';
      throw new CliFailure('file_unreadable', `cannot read the folder ${printable(folder)}: ${reason}.`);
    });
    entries.sort((left, right) => (left.name < right.name ? -1 : 1));
    const folders: string[] = [];
    for (const entry of entries) {
      const path = join(current, entry.name);
      // Links are not followed: they may lead out of the project, or in a circle.
      if (entry.isFile()) yield relative(folder, path).split(sep).join('/');
      else if (entry.isDirectory() && !entry.name.startsWith('.') && !skippedFolders.has(entry.name))
        folders.push(path);
    }
    waiting.push(...folders.toReversed());
  }
}

async function readText(path: string): Promise<string | { readonly reason: string }> {
  try {
    const { size } = await stat(path);
    if (size > limits.fileBytes) return { reason: `it has more than ${limits.fileBytes} bytes` };
    return (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
  } catch {
    return { reason: 'it cannot be read' };
  }
}
