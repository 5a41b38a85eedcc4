/** Creates an empty npm project with the tarballs, the packages that an app would install with them, and several versions of TypeScript. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapterFolders, readManifest, repository } from '../workspace-links.mjs';
import { run } from './run.mjs';

/** The oldest supported version, two in wide use, and the newest, which has a new compiler. */
export const typescriptVersions = ['5.4.5', '5.9.3', '6.0.3', '7.0.2'];

export async function installConsumer(project, packed) {
  const own = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const { devDependencies } = readManifest(join(repository, 'packages/providers'));
  const manifest = {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: {
      ...own,
      ...Object.fromEntries(frameworkNames().map((name) => [name, catalogVersion(name)])),
      ...nestPackages(),
      react: catalogVersion('react'),
      'react-dom': catalogVersion('react-dom'),
      jose: catalogVersion('jose'),
      stripe: devDependencies.stripe,
      '@types/node': catalogVersion('@types/node'),
      '@types/express': readManifest(join(repository, 'packages/express')).devDependencies['@types/express'],
      ...Object.fromEntries(
        typescriptVersions.map((version) => [`typescript-${version}`, `npm:typescript@${version}`]),
      ),
    },
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest, null, 2));
  const files = [
    'adapters.mjs',
    'check.cjs',
    'command.mjs',
    'verify.cjs',
    'verify.mjs',
    'recordings.mjs',
    'stores.mjs',
    'queues.mjs',
  ];
  for (const file of files) cpSync(join(repository, '.ci/consumer', file), join(project, file));
  return run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], project);
}

/** Packages that the adapters expect to be installed. Nest has its own versions, below. */
function frameworkNames() {
  const peers = adapterFolders().flatMap((folder) => Object.keys(readManifest(folder).peerDependencies ?? {}));
  return [...new Set(peers)].filter((name) => !Object.hasOwn(nestPackages(), name) && name !== 'react');
}

/** Nest 11 is the last that the types of the older compilers can load as CommonJS; 12 is an ES module. */
function nestPackages() {
  const { dependencies } = readManifest(join(repository, 'packages/nest/test/nest-11'));
  const names = ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', 'reflect-metadata', 'rxjs'];
  return Object.fromEntries(names.map((name) => [name, dependencies[name]]));
}

/** The workspace states each version once, in the catalog of `pnpm-workspace.yaml`. */
function catalogVersion(name) {
  const text = readFileSync(join(repository, 'pnpm-workspace.yaml'), 'utf8');
  const found = new RegExp(`^ {2}["']?${name}["']?: *["']?([^"'\\s]+)`, 'm').exec(text)?.[1];
  if (found === undefined) throw new Error(`pnpm-workspace.yaml has no ${name} in its catalog`);
  return found;
}
