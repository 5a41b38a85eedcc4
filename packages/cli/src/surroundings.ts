/** What commands see of the world outside: streams, environment, folder and time. Tests bring their own. */

/** Takes text. */
export interface Sink {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Everything of a process that a command may touch, beside files and the network. */
export interface Surroundings {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder in which relative paths begin. */
  readonly folder: string;
  readonly clock: () => Date;
}

/** Those of this process. */
export function processSurroundings(): Surroundings {
  const { stdin, stdout, stderr, env } = process;
  return { stdin, stdout, stderr, env, folder: process.cwd(), clock: () => new Date() };
}
