/** Starts and stops servers for one run of the contract: in this process, or in their own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { MountedApp } from '@countersign/testing';

/** Serves on a free port of loopback. */
export async function serveLocally(listener: RequestListener): Promise<MountedApp> {
  return listening(createServer(listener));
}

/** Lets a server listen on a free port of loopback. */
export async function listening(server: Server): Promise<MountedApp> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: urlOf(server),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Starts a program that prints its URL, in its own process group, and ends the whole group at the end. */
export async function startProgram(
  command: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; printed: RegExp },
): Promise<MountedApp & { readonly child: ChildProcess }> {
  const [file, ...parameters] = command;
  const child = spawn(file as string, parameters, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const url = await printedUrl(child, options.printed);
  return { url, child, stop: () => endGroup(child) };
}

async function printedUrl(child: ChildProcess, printed: RegExp): Promise<string> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const read = (line: string) => {
      lines.push(line);
      const found = printed.exec(line)?.[1];
      if (found !== undefined) resolve(`http://127.0.0.1:${found}`);
    };
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null) createInterface({ input: stream }).on('line', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`It ended with ${code}.\n${lines.join('\n')}`)));
  });
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}
