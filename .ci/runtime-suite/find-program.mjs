/** Finds the program of a runtime through npm. */
import { spawnSync } from 'node:child_process';

/** The path and version of the program; the path is undefined if npx cannot fetch it. */
export function findProgram(runtime) {
  const own = runtime.name === 'node-20' ? findMachineNode(20) : undefined;
  if (own !== undefined) return own;
  const command = ['--yes', '--loglevel=error', '-p', runtime.package, '-c', runtime.printPath];
  const options = { encoding: 'utf8', env: plainEnvironment(), timeout: 180_000 };
  const { status, stdout } = spawnSync('npx', command, options);
  const path = stdout?.trim().split('\n').at(-1);
  return { path: status === 0 && path !== '' ? path : undefined, version: runtime.version };
}

/** Without the variables that npm sets for its own children, which confuse another npx. */
export function plainEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) && name !== 'NODE_OPTIONS');
  return Object.fromEntries(kept);
}

/** The installed Node, if it has that major version. */
function findMachineNode(major) {
  const path = process.env.COUNTERSIGN_MACHINE_NODE;
  if (path === undefined) return undefined;
  const { stdout } = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8', env: plainEnvironment() });
  const version = stdout?.trim() ?? '';
  return version.startsWith(`${major}.`) ? { path, version } : undefined;
}
