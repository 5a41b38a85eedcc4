/** What commands see of the world outside: streams, environment, folder and time. Tests bring their own. */

import type { Readable, Writable } from 'node:stream';

/** Takes text. */
export interface Sink {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** A terminal at which somebody sits: what is typed, and the screen that questions go to. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** Everything of a process that a command may touch, beside files and the network. */
export interface Surroundings {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Undefined where standard input or stderr is no terminal. */
  readonly terminal?: Terminal | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder in which relative paths begin. */
  readonly folder: string;
  readonly clock: () => Date;
}

/** Those of this process. */
export function processSurroundings(): Surroundings {
  const { stdin, stdout, stderr, env } = process;
  // Some containers give a terminal that is no character wide, on which no question can be read.
  const isTerminal = stdin.isTTY && stderr.isTTY && stderr.columns > 0;
  const terminal = isTerminal ? { input: stdin, output: stderr } : undefined;
  return { stdin, stdout, stderr, terminal, env, folder: process.cwd(), clock: () => new Date() };
}
