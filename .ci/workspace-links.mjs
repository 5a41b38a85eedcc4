/** Creates a folder in which every package of this workspace can be imported by name, as in an app that installed them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('..', import.meta.url));

/** Folders of the published packages, absolute. */
export function packageFolders() {
  return foldersIn('packages').filter((folder) => readManifest(folder).private !== true);
}

/** Folders of the adapters, absolute: the packages that state the facts of one framework. */
export function adapterFolders() {
  return packageFolders().filter((folder) => existsSync(join(folder, 'src/facts.ts')) && !folder.endsWith('http'));
}

/**
 * Empties the folder and links into its `node_modules` the packages, all dependencies of them, of private packages and of the examples, and
 * the tools of the workspace. If two need different versions of one name, the first package wins.
 */
export function linkWorkspace(directory) {
  rmSync(directory, { recursive: true, force: true });
  const modules = join(directory, 'node_modules');
  const link = (name, target) => {
    const path = join(modules, name);
    if (existsSync(path) || !existsSync(target)) return;
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(realpathSync(target), path, 'junction');
  };
  const packages = packageFolders();
  for (const folder of packages) link(readManifest(folder).name, folder);
  for (const folder of [...packages, ...foldersIn('packages'), ...foldersIn('examples'), repository]) {
    const { dependencies, peerDependencies, devDependencies } = readManifest(folder);
    for (const name of Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies })) {
      link(name, join(folder, 'node_modules', name));
    }
  }
}

export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

function foldersIn(name) {
  const directory = join(repository, name);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .map((entry) => join(directory, entry))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .sort();
}
