/** Packs the published packages exactly as they would be published. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageFolders, readManifest, repository } from './workspace-links.mjs';

/** Empties the directory, packs every package into it, and returns the path of each tarball. */
export function packPackages(directory) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const arguments_ = ['--loglevel=error', '-r', '--filter', './packages/*', 'pack', '--pack-destination', directory];
  const { status, stdout, stderr } = spawnSync('pnpm', arguments_, { cwd: repository, encoding: 'utf8' });
  if (status !== 0) throw new Error(`pnpm pack ended with ${status}: ${stdout}${stderr}`);
  const tarballs = readdirSync(directory);
  return packageFolders().map((folder) => {
    const { name, version } = readManifest(folder);
    const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    if (!tarballs.includes(file)) throw new Error(`pnpm pack made no ${file}`);
    return { folder: basename(folder), name, tarball: join(directory, file) };
  });
}

/** Paths of the files in a tarball, without the leading `package/`. */
export function listTarball(tarball) {
  return readTarball(['-tzf', tarball])
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^package\//, ''));
}

export function readTarballManifest(tarball) {
  return JSON.parse(readTarball(['-xzOf', tarball, 'package/package.json']));
}

function readTarball(arguments_) {
  const { status, stdout, stderr, error } = spawnSync('tar', arguments_, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`tar could not read ${arguments_.at(-1)}: ${error?.message ?? stderr}`);
  return stdout;
}
