/** A server as a child process: started on a free port, killed, restarted with the same data, removed. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A running server. */
export interface LiveServer {
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  /** The current process. */
  readonly pid: number;
  /** Ends it with a signal, by default SIGKILL, and waits until it is gone. The data stay. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port with the same data, and waits until it answers. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export interface ServerDescription {
  readonly name: string;
  /** Programs such as PostgreSQL refuse to run as root; then this user runs them. */
  readonly user?: string;
  /** Prepares the folder before the first start, and may return a promise. */
  prepare?(folder: string, owner: { uid?: number; gid?: number }): unknown;
  command(folder: string, port: number): readonly [program: string, ...options: string[]];
  url(port: number): string;
  /** Default 30. */
  readonly startTimeoutSeconds?: number;
  /** Resolves when the server takes requests, rejects while it does not. */
  ping(port: number): Promise<void>;
}

const defaultStartTimeoutSeconds = 30;
const running = new Set<ChildProcess>();
// A process left behind by an interrupted test run would hold its port and its memory forever.
const killAll = () => {
  for (const child of running) child.kill('SIGKILL');
};
process.on('exit', killAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    killAll();
    // With this listener gone, the signal has its normal effect.
    process.kill(process.pid, signal);
  });
}

export async function startServer(description: ServerDescription): Promise<LiveServer> {
  const folder = mkdtempSync(join(tmpdir(), `countersign-${description.name}-`));
  const owner: { uid?: number; gid?: number } =
    description.user !== undefined && process.getuid?.() === 0 ? idsOf(description.user) : {};
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid);
  await description.prepare?.(folder, owner);
  const port = await findFreePort();
  let child: ChildProcess;
  let output = '';

  const start = async () => {
    const [program, ...options] = description.command(folder, port);
    child = spawn(program, options, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], ...owner });
    running.add(child);
    const own = child;
    own.once('exit', () => running.delete(own));
    output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output = `${output}${text}`.slice(-4000);
      });
    }
    const until = Date.now() + (description.startTimeoutSeconds ?? defaultStartTimeoutSeconds) * 1000;
    for (;;) {
      try {
        await description.ping(port);
        return;
      } catch (error) {
        if (own.exitCode !== null || Date.now() > until) {
          own.kill('SIGKILL');
          throw new Error(`${description.name} does not answer: ${(error as Error).message}\n${output}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  };

  await start();
  return {
    port,
    folder,
    url: description.url(port),
    get pid() {
      return child.pid as number;
    },
    kill,
    restart: start,
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** A port that nothing is listening on. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Sends a request that a server answers, and waits for the beginning of its answer. */
export function pingTcp(port: number, request: string, isAnswer: (answer: Buffer) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => request !== '' && socket.write(request));
    socket.setTimeout(1000, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
    socket.on('data', (answer) => {
      if (isAnswer(answer)) resolve();
      else reject(new Error(answer.toString('latin1').slice(0, 80)));
      socket.destroy();
    });
  });
}

function idsOf(user: string): { uid: number; gid: number } {
  const ask = (option: string) => Number(execFileSync('id', [option, user], { encoding: 'utf8' }));
  return { uid: ask('-u'), gid: ask('-g') };
}
