/** Reads the packages of a tree: their manifests, their files and what each file imports. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { parseModule, readImports } from './imports.mjs';

/**
 * @typedef {object} SourceFile
 * @property {string} path - from the root of the tree, with slashes
 * @property {string} place - from `src` or `test`, with slashes
 * @property {'src' | 'test'} part
 * @property {import('typescript').SourceFile} module
 * @property {import('./imports.mjs').Import[]} imports
 *
 * @typedef {object} Package
 * @property {string} folder - its name under `packages`, `examples`; 'bench' for the bench
 * @property {boolean} isRoom - stands in `packages`
 * @property {string} directory - absolute
 * @property {string} manifestPath - from the root of the tree
 * @property {string} manifestText
 * @property {any} manifest
 * @property {SourceFile[]} files
 */

/** @returns {Package[]} */
export function readPackages(root) {
  const found = [...foldersIn(join(root, 'packages')), ...foldersIn(join(root, 'examples')), join(root, 'bench')];
  return found
    .filter((directory) => existsSync(join(directory, 'package.json')))
    .map((directory) => {
      const manifestText = readFileSync(join(directory, 'package.json'), 'utf8');
      const isRoom = basename(dirname(directory)) === 'packages';
      return {
        folder: basename(directory),
        isRoom,
        directory,
        manifestPath: pathFrom(root, join(directory, 'package.json')),
        manifestText,
        manifest: JSON.parse(manifestText),
        files: isRoom
          ? [...readFiles(root, directory, 'src'), ...readFiles(root, directory, 'test')]
          : readFiles(root, directory, '.'),
      };
    });
}

/** The file that a relative specifier means, or undefined. Imports are written with their `.ts` ending here. */
export function resolveRelative(directory, specifier) {
  const target = join(directory, specifier);
  return [target, `${target}.ts`, join(target, 'index.ts')].find((path) => existsSync(path) && statSync(path).isFile());
}

/** The source files behind a name in `imports` or `exports` of a manifest, whatever the condition. */
export function sourcesOf(entry) {
  if (typeof entry === 'string') return /\.tsx?$/.test(entry) && !entry.endsWith('.d.ts') ? [entry] : [];
  if (typeof entry !== 'object' || entry === null) return [];
  return Object.values(entry).flatMap(sourcesOf);
}

export function pathFrom(root, path) {
  return relative(root, path).split(sep).join('/');
}

/** True if a place such as `crypto/node.ts` is named by a list of files, folders (`crypto/`) and beginnings (`node-*`). */
export function isListed(place, list) {
  return list.some((entry) => {
    if (entry.endsWith('/')) return place.startsWith(entry);
    return entry.endsWith('*') ? place.startsWith(entry.slice(0, -1)) : place === entry;
  });
}

function foldersIn(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(directory, entry.name))
    .sort();
}

function readFiles(root, directory, part) {
  return walk(join(directory, part)).map((path) => {
    const module = parseModule(path, readFileSync(path, 'utf8'));
    return {
      path: pathFrom(root, path),
      place: pathFrom(join(directory, part), path),
      part: part === 'src' ? 'src' : 'test',
      module,
      imports: readImports(module),
    };
  });
}

function walk(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory())
        return entry.name.startsWith('.') || ['node_modules', 'dist'].includes(entry.name) ? [] : walk(path);
      return /\.[cm]?[jt]sx?$/.test(entry.name) ? [path] : [];
    });
}
