/** Runs an example app in its own process, started as a user starts it, and collects its output. */

import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

export interface ChildApp {
  readonly url: string;
  /** Everything it has printed. */
  output(): string;
  /**
   * The lines that begin with a word and came up to a last one, which is waited for.
   *
   * What a process prints arrives later than its answers, but in order: a line that is not before the last never comes.
   */
  printedUntil(last: string, word: string): Promise<string[]>;
  stop(): Promise<void>;
}

export interface ChildAppOptions {
  readonly command: readonly [program: string, ...options: string[]];
  /** The folder to start it in. */
  readonly folder: URL;
  /** Added to the environment of the tests. The app gets a free port as `PORT`. */
  readonly env: Readonly<Record<string, string>>;
}

/** Node with the packages' sources instead of their builds, as in the tests themselves. */
export const node = [process.execPath, '--conditions=countersign-source'] as const;

const startTimeoutMilliseconds = 20_000;
const printTimeoutMilliseconds = 5_000;
const running = new Set<ChildProcess>();
// An app left behind by an interrupted or failing test would hold its port forever.
const endAll = () => {
  for (const child of running) signalGroup(child, 'SIGKILL');
};
process.on('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    endAll();
    // With this listener gone, the signal has its normal effect.
    process.kill(process.pid, signal);
  });
}

/** Resolves when the app listens. Rejects with its output if it ends before that. */
export async function startApp({ command, folder, env }: ChildAppOptions): Promise<ChildApp> {
  const port = await findFreePort();
  const [program, ...options] = command;
  // In its own process group, because some programs are started by another one that does not pass signals on.
  const child = spawn(program, options, {
    cwd: fileURLToPath(folder),
    env: { ...process.env, ...env, PORT: String(port), NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  let ended: string | undefined;
  const gone = new Promise<void>((resolve) => {
    const end = (reason: string) => {
      ended = reason;
      running.delete(child);
      resolve();
    };
    child.once('error', ({ message }) => end(message));
    child.once('close', (code, signal) => end(`It ended with ${signal ?? code}.`));
  });
  const stop = async () => {
    if (ended !== undefined) return;
    signalGroup(child, 'SIGKILL');
    await gone;
  };

  const until = Date.now() + startTimeoutMilliseconds;
  while (!(await isListening(port))) {
    if (ended === undefined && Date.now() < until) {
      await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 50))]);
      continue;
    }
    const reason = ended ?? 'It does not listen.';
    await stop();
    throw new Error(`${command.join(' ')}: ${reason}\n${output}`);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    printedUntil: (last, word) => readUntil(() => output, last, word),
    stop,
  };
}

/** @throws if the last line does not appear */
export async function readUntil(read: () => string, last: string, word: string): Promise<string[]> {
  const until = Date.now() + printTimeoutMilliseconds;
  for (;;) {
    const lines = read()
      .split('\n')
      .map((line) => line.trim());
    const place = lines.indexOf(last);
    if (place >= 0) return lines.slice(0, place + 1).filter((line) => line.startsWith(`${word} `));
    if (Date.now() > until) throw new Error(`It never printed "${last}", but this:\n${read()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A port that nothing is listening on. */
function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has already ended.
  }
}
