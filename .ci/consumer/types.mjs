/** Compiles a user's file against the installed packages, as a module and as CommonJS, and in the older ways. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listEntries } from '../package-manifests.mjs';
import { packageFolders, readManifest, repository } from '../workspace-links.mjs';
import { typescriptVersions } from './install.mjs';
import { run } from './run.mjs';

/** The ways in which an app's compiler finds packages; the last two with the oldest and the newest version of TypeScript that has them. */
const projects = [
  { name: 'module', type: 'module', options: { module: 'NodeNext' } },
  { name: 'commonjs', type: 'commonjs', options: { module: 'NodeNext' } },
  {
    name: 'bundler',
    type: 'module',
    options: { module: 'ESNext', moduleResolution: 'bundler' },
    has: (version) => /^[57]\.[04]/.test(version),
  },
  {
    name: 'node10',
    type: 'commonjs',
    options: { module: 'CommonJS', moduleResolution: 'node10' },
    // TypeScript 7 no longer has it.
    has: (version) => /^(5\.4|6)/.test(version),
    // Version 6 calls it deprecated, and version 5 does not know the number.
    flags: (version) => (version.startsWith('6') ? ['--ignoreDeprecations', '6.0'] : []),
  },
];

export async function checkTypes(project) {
  const text = readFileSync(join(repository, '.ci/consumer/consumer.mts'), 'utf8');
  const entries = await importEveryEntry(project);
  for (const { name, type, options } of projects) {
    const directory = join(project, name);
    mkdirSync(directory);
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ type }));
    writeFileSync(join(directory, 'consumer.ts'), text);
    writeFileSync(join(directory, 'entries.ts'), entries);
    const settings = { compilerOptions: { ...compilerOptions, ...options }, include: ['*.ts'] };
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(settings));
  }
  const cases = typescriptVersions.flatMap((version) =>
    projects
      .filter(({ has }) => has?.(version) ?? true)
      .map(({ name, flags }) => ({ version, name, flags: flags?.(version) ?? [] })),
  );
  return inPairs(cases, async ({ version, name, flags }) => {
    const compiler = join(project, `node_modules/typescript-${version}/bin/tsc`);
    const { code, output } = await run(
      process.execPath,
      [compiler, '-p', name, '--pretty', 'false', ...flags],
      project,
    );
    return { title: `types are right for TypeScript ${version} as ${name}`, faults: faultsIn(code, output) };
  });
}

/** No DOM: an app on a server has none. Declarations are checked too, so that ours are covered; see {@link faultsIn}. */
const compilerOptions = {
  target: 'ES2022',
  lib: ['ES2022'],
  types: ['node'],
  strict: true,
  noEmit: true,
  skipLibCheck: false,
  esModuleInterop: true,
};

/** The compiler's errors in the consumer and in our declarations; errors of other packages are not ours. */
function faultsIn(code, output) {
  const faults = output.split('\n').filter((line) => /error TS/.test(line));
  const ours = faults.filter((line) => !/^\S*node_modules\/(?!@countersign\/|countersign\/)/.test(line));
  if (ours.length > 0) return ours.join('\n');
  return code !== 0 && faults.length === 0 ? `the compiler ended with ${code}: ${output}` : '';
}

async function importEveryEntry(project) {
  const lines = [];
  for (const { name } of packageFolders().map(readManifest)) {
    const folder = join(project, 'node_modules', name);
    const { output } = await run('find', ['.', '-type', 'f'], folder);
    const files = output.split('\n').map((path) => path.replace(/^\.\//, ''));
    // A typed entry needs the package of its sender; packages/providers/test/typed/built-package.apps.test.ts compiles them.
    for (const entry of listEntries(readManifest(folder), files).filter((name) => !name.endsWith('/typed'))) {
      lines.push(`export * as entry${lines.length} from '${name}${entry.slice(1)}';`);
    }
  }
  return `${lines.join('\n')}\n`;
}

async function inPairs(items, work) {
  const results = [];
  for (let at = 0; at < items.length; at += 2) results.push(...(await Promise.all(items.slice(at, at + 2).map(work))));
  return results;
}
