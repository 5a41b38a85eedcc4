/** Runtimes other than Node, installed from npm packages. */

import { execFileSync } from 'node:child_process';

export interface Runtime {
  /** The path of the program; undefined if it is not available. */
  readonly program: string | undefined;
  /** Appended to the title of a skipped test. */
  readonly note: string;
}

/**
 * Lets npx fetch a runtime, or find it in npm's cache.
 *
 * @throws if COUNTERSIGN_REQUIRE_SERVICES is set, as in CI: there a skipped test is a failure
 */
export function findRuntime(name: 'bun' | 'deno', version: string): Runtime {
  try {
    const options = ['--yes', '--loglevel=error', '--package', `${name}@${version}`, '--call', `command -v ${name}`];
    const program = execFileSync('npx', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return { program, note: '' };
  } catch (error) {
    const message = `npx could not provide ${name}@${version}`;
    if (process.env.COUNTERSIGN_REQUIRE_SERVICES) throw new Error(message, { cause: error });
    return { program: undefined, note: ` (skipped: ${message})` };
  }
}
