/** Finds what an import means: files of this tree, a module of Node, or a package from elsewhere. */
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { scope, unscoped } from './map.mjs';
import { pathFrom, resolveRelative, sourcesOf } from './packages.mjs';

/**
 * `files` are the files of this tree that the import loads, as paths from its root; none for a package from elsewhere.
 *
 * @returns {{ kind: 'computed' | 'outside' | 'missing' | 'file' | 'builtin' | 'package', files: string[],
 *   reached?: string, name?: string, room?: string, isExported?: boolean }}
 */
export function resolveImport(root, owner, file, { specifier }, byName) {
  if (specifier === undefined) return { kind: 'computed', files: [] };
  if (specifier.startsWith('.')) {
    const base = dirname(join(root, file.path));
    const path = resolveRelative(base, specifier);
    const reached = pathFrom(owner.directory, path ?? join(base, specifier));
    const kind = reached.startsWith('..') ? 'outside' : path === undefined ? 'missing' : 'file';
    return { kind, reached, files: kind === 'file' ? [pathFrom(root, path)] : [] };
  }
  const inOwner = (entry) => pathFrom(root, join(owner.directory, entry));
  if (specifier.startsWith('#')) {
    const sources = sourcesOf(owner.manifest.imports?.[specifier]);
    return { kind: sources.length === 0 ? 'missing' : 'file', reached: specifier, files: sources.map(inOwner) };
  }
  if (specifier.startsWith('node:') || isBuiltin(specifier)) return { kind: 'builtin', files: [] };
  const [, name, subpath = ''] = /^(@[^/]+\/[^/]+|[^/]+)(?:\/(.*))?$/.exec(specifier) ?? [undefined, specifier];
  const neighbour = byName.get(name);
  const sources = neighbour === undefined ? undefined : findExport(neighbour.manifest.exports, subpath);
  const files = (sources ?? []).map((entry) => pathFrom(root, join(neighbour.directory, entry)));
  return {
    kind: 'package',
    name,
    room: roomOf(name),
    isExported: neighbour === undefined || sources !== undefined,
    files,
  };
}

/** The folder of `packages/` that a package name stands for, or undefined. */
export function roomOf(name) {
  return unscoped[name] ?? (name.startsWith(scope) ? name.slice(scope.length) : undefined);
}

/** The sources behind a subpath of a package, or undefined where it is not exported. */
function findExport(exports, subpath) {
  const wanted = subpath === '' || subpath === undefined ? '.' : `./${subpath}`;
  const isShort = typeof exports === 'string' || !Object.keys(exports ?? {}).some((key) => key.startsWith('.'));
  const entries = Object.entries(isShort ? { '.': exports } : exports);
  for (const [key, entry] of entries) {
    if (entry === undefined || entry === null) continue;
    const [before, after] = key.split('*');
    if (after === undefined ? key !== wanted : !(wanted.startsWith(before) && wanted.endsWith(after))) continue;
    const star = after === undefined ? '' : wanted.slice(before.length, wanted.length - after.length);
    return sourcesOf(entry).map((path) => path.replace('*', star));
  }
  return undefined;
}
