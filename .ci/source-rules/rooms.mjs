/** Reads the folders of `packages/` in a tree. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapter, rooms, scope, unscoped } from './map.mjs';

/**
 * @typedef {object} Room
 * @property {string} folder - its name under `packages`
 * @property {any} manifest
 * @property {any} rule - what the map says, undefined for a folder that is not on it
 *
 * @returns {Room[]}
 */
export function listRooms(root) {
  const packages = join(root, 'packages');
  const folders = existsSync(packages) ? readdirSync(packages).sort() : [];
  const isAdapter = (folder) => existsSync(join(packages, folder, 'src/facts.ts'));
  const adapters = folders.filter(isAdapter);
  return folders
    .filter((folder) => existsSync(join(packages, folder, 'package.json')))
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8')),
      rule: ruleOf(folder, adapters),
    }));
}

function ruleOf(folder, adapters) {
  if (!Object.hasOwn(rooms, folder)) return adapters.includes(folder) ? adapter : undefined;
  const { imports } = rooms[folder];
  return { ...rooms[folder], imports: imports.flatMap((room) => (room === 'every adapter' ? adapters : [room])) };
}

/** The folder of `packages/` that a package name means, or undefined. */
export function folderOf(name) {
  return unscoped[name] ?? (name.startsWith(scope) ? name.slice(scope.length) : undefined);
}

/** The package name of a folder of `packages/`. */
export function nameOf(folder) {
  return Object.keys(unscoped).find((name) => unscoped[name] === folder) ?? `${scope}${folder}`;
}
