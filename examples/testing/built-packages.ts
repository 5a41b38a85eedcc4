/**
 * Builds this repository's packages, for examples whose tools do not support the export condition for their sources.
 */

import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { runCommand } from './run-command.ts';

const root = new URL('../../', import.meta.url);
const lock = new URL('node_modules/.countersign-build-lock/', root);
const buildTimeoutMilliseconds = 300_000;

/** Builds the packages that an example depends on, if a build is missing or older than its source. */
export async function buildPackagesOf(example: URL): Promise<void> {
  const folders = [...packagesOf(example)];
  if (folders.every(isBuilt)) return;
  await takeLock();
  try {
    // Another test may have built them while this one waited.
    for (const folder of folders)
      if (!isBuilt(folder)) await runCommand(['npm', 'run', '--silent', 'build'], new URL(folder));
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** The folders of the packages, dependencies first. */
function packagesOf(folder: URL, found = new Set<string>()): Set<string> {
  const { dependencies = {} } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  for (const name of Object.keys(dependencies).filter((one) => one.startsWith('@countersign/'))) {
    const dependency = new URL(`packages/${name.slice('@countersign/'.length)}/`, root);
    if (found.has(dependency.href)) continue;
    for (const one of packagesOf(dependency, found)) found.add(one);
    found.add(dependency.href);
  }
  return found;
}

function isBuilt(folder: string): boolean {
  const written = timesIn(new URL('src/', folder));
  const built = timesIn(new URL('dist/', folder));
  return built.length > 0 && Math.min(...built) > Math.max(...written);
}

function timesIn(folder: URL): number[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(`${entry.parentPath}/${entry.name}`).mtimeMs);
  } catch {
    return [];
  }
}

/** Creating a folder succeeds only once: tests of two examples may find the same builds missing at the same time. */
async function takeLock(): Promise<void> {
  const until = Date.now() + buildTimeoutMilliseconds;
  for (;;) {
    try {
      mkdirSync(lock);
      return;
    } catch {
      if (Date.now() > until) throw new Error(`${lock.pathname} stands in the way. Remove it if nothing builds.`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
