/** Receivers as processes: started, killed, replaced, stopped while busy. */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { monotonic, type ReceiverConfig } from './wire.ts';

const program = fileURLToPath(new URL('receiver-process.ts', import.meta.url));

/** A place in a fleet, whichever process fills it. */
export class ReceiverSlot {
  port: number | undefined;
  /** The times at which processes in this place were killed. */
  readonly deaths: bigint[] = [];
  #child: ChildProcess | undefined;
  #config: ReceiverConfig;
  /** Starts another process immediately when one dies. */
  readonly #isMended: boolean;
  #isOver = false;

  constructor(config: ReceiverConfig, isMended: boolean) {
    this.#config = config;
    this.#isMended = isMended;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(config: ReceiverConfig = this.#config): Promise<void> {
    this.#config = config;
    const child = fork(program, [JSON.stringify(config)], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.once('exit', () => {
      if (this.#child !== child) return;
      this.port = undefined;
      this.deaths.push(monotonic());
      if (this.#isMended && !this.#isOver) this.start().catch(() => undefined);
    });
    await new Promise<void>((resolve, reject) => {
      child.once('message', (message) => {
        this.port = (message as { port: number }).port;
        resolve();
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error('A receiver exited before it served.')));
    });
  }

  /** Sends a signal to the process in this place. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Starts a new process in the place first and lets the old one finish, like a rolling deploy. */
  async replace(config?: ReceiverConfig): Promise<number | null> {
    const old = this.#child;
    await this.start(config);
    const ended = new Promise<number | null>((resolve) => old?.once('exit', (code) => resolve(code)));
    old?.kill('SIGTERM');
    return ended;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}

export async function startReceivers(
  count: number,
  configOf: (place: number) => ReceiverConfig,
  isMended = true,
): Promise<ReceiverSlot[]> {
  const slots = Array.from({ length: count }, (_, place) => new ReceiverSlot(configOf(place), isMended));
  await Promise.all(slots.map((slot) => slot.start()));
  return slots;
}
