/** Next.js under contract: in production and in development. */

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MountedApp } from '@countersign/testing';
import { startProgram, urlOf } from './local-server.ts';

const folder = fileURLToPath(new URL('../next-app', import.meta.url));
const next = join(dirname(createRequire(import.meta.url).resolve('next/package.json')), 'dist/bin/next');
const environment = { NEXT_TELEMETRY_DISABLED: '1', NODE_OPTIONS: '' };

type Program = Awaited<ReturnType<typeof startProgram>>;

let built: Promise<void> | undefined;

/** `next build` once, then `next start`. */
export async function startNext(): Promise<Program> {
  built ??= build();
  await built;
  return serve('start', { NEXT_DIST_DIR: '.next/contract', NODE_ENV: 'production' });
}

export async function startNextDev(): Promise<Program> {
  return serve('dev', { NEXT_DIST_DIR: '.next/contract-dev', NODE_ENV: 'development' });
}

/** Routes of the Pages Router are below `/api`. */
export function underApi({ url, stop }: MountedApp): MountedApp {
  return { url: `${url}/api`, stop };
}

function build(): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [next, 'build'], {
      cwd: folder,
      env: { ...process.env, ...environment, NEXT_DIST_DIR: '.next/contract', NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`next build ended with ${code}\n${output}`)),
    );
  });
}

async function serve(mode: 'start' | 'dev', env: Record<string, string>): Promise<Program> {
  const command = [process.execPath, next, mode, '--hostname', '127.0.0.1', '--port', String(await freePort())];
  return startProgram(command, {
    cwd: folder,
    env: { ...process.env, ...environment, ...env },
    printed: /127\.0\.0\.1:(\d+)/,
  });
}

/** Next.js uses its default port for 0. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = Number(new URL(urlOf(server as never)).port);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
