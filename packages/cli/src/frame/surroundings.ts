/** The environment of commands: streams, variables, folder and time. Tests supply their own. */

import type { Readable, Writable } from 'node:stream';

/** Takes text. */
export interface Sink {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string | Uint8Array): unknown;
}

/** An interactive terminal: its input, and the screen for questions. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** Everything of a process that a command may use, except files and the network. */
export interface Surroundings {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Undefined if standard input or stderr is not a terminal. */
  readonly terminal?: Terminal | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder for relative paths. */
  readonly folder: string;
  readonly clock: () => Date;
  /** Ends the process soon, even if a module that a command has loaded keeps connections open. */
  readonly leave?: () => void;
}

/** Those of this process. */
export function processSurroundings(): Surroundings {
  const { stdin, stdout, stderr, env } = process;
  // Some containers have a terminal of zero width, on which no question can be read.
  const isTerminal = stdin.isTTY && stderr.isTTY && stderr.columns > 0;
  const terminal = isTerminal ? { input: stdin, output: stderr } : undefined;
  return { stdin, stdout, stderr, terminal, env, folder: process.cwd(), clock: () => new Date(), leave: leaveSoon };
}

/** The timer keeps nothing alive; it ends what would stay alive. */
function leaveSoon(): void {
  setTimeout(() => process.exit(), 1000).unref();
}
