/** Other runtimes under contract: Bun and Deno as programs from npm, workerd through miniflare. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { MountedApp } from '@countersign/testing';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { startProgram } from './local-server.ts';

/** Only Request and Response, or Hono on top of them. */
export type RuntimeApp = 'fetch' | 'hono';

const folder = fileURLToPath(new URL('.', import.meta.url));
const programs = {
  bun: { version: '1.4.5', printPath: 'bun -p process.execPath', command: ['run', 'bun-server.ts'] },
  deno: {
    version: '2.9.6',
    printPath: 'deno eval "console.log(Deno.execPath())"',
    command: ['run', '-A', '--node-modules-dir=manual', 'deno-server.ts'],
  },
} as const;

const found = new Map<string, string | undefined>();

/** The reason why a runtime is not available, or undefined. Fetches it on the first call. */
export function findMissingRuntime(name: keyof typeof programs): string | undefined {
  return pathOf(name) === undefined ? `npx cannot fetch ${name} ${programs[name].version}` : undefined;
}

export function startRuntime(name: keyof typeof programs, app: RuntimeApp): Promise<MountedApp> {
  return startProgram([pathOf(name) ?? name, ...programs[name].command, app], {
    cwd: folder,
    env: plainEnvironment(),
    printed: /^port (\d+)/,
  });
}

/** The path where npx keeps the program, cached so that npx runs once and not at each start. */
function pathOf(name: keyof typeof programs): string | undefined {
  if (!found.has(name)) {
    const parameters = [
      '--yes',
      '--loglevel=error',
      '-p',
      `${name}@${programs[name].version}`,
      '-c',
      programs[name].printPath,
    ];
    const options = { timeout: 120_000, encoding: 'utf8', env: plainEnvironment() } as const;
    const { status, stdout } = spawnSync('npx', parameters, options);
    const path = stdout?.trim().split('\n').at(-1);
    found.set(name, status === 0 && path !== '' ? path : undefined);
  }
  return found.get(name);
}

/** The worker as Cloudflare would run it, in the real workerd. */
export async function startWorkerd(app: RuntimeApp): Promise<MountedApp> {
  const { outputFiles } = await build({
    entryPoints: [`${folder}worker.ts`],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['countersign-source', 'workerd', 'worker'],
  });
  const miniflare = new Miniflare({
    modules: true,
    script: outputFiles[0]?.text ?? '',
    compatibilityDate: '2026-07-01',
    host: '127.0.0.1',
    port: 0,
  });
  const url = (await miniflare.ready).origin;
  return { url: `${url}/${app}`, stop: () => miniflare.dispose() };
}

/** Without the variables that npm and the test runner set for their own children. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) && name !== 'NODE_OPTIONS');
  return Object.fromEntries(kept) as NodeJS.ProcessEnv;
}
