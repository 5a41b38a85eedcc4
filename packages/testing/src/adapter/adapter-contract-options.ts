/** What the contract of adapters is told of a server, and what it tells of a case. */

/** A server that serves an `adapterApp()` at `contractPaths`, and the way to end it. */
export interface MountedApp {
  /** Such as `http://127.0.0.1:4000`. */
  readonly url: string;
  stop(): Promise<void> | void;
}

/** How an adapter is mounted. */
export type MountForm = 'handler' | 'middleware';

/** What became of one case, for whoever makes a table of several adapters. */
export interface AdapterResult {
  readonly form: MountForm;
  readonly name: string;
  readonly verdict: 'holds' | 'fails' | 'left out';
  /** Why it was left out, or what did not hold. */
  readonly reason?: string;
}

export interface AdapterContractOptions {
  /** The forms that the adapter has. Default both. */
  readonly forms?: readonly MountForm[];
  /** Cases that cannot arise there, by the beginning of their names, with the reason. Never a case that fails. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** What the hint has to say where the framework's own parser took the body. Default: anything that names a parser. */
  readonly parsedHint?: RegExp;
  readonly onResult?: (result: AdapterResult) => void;
}
