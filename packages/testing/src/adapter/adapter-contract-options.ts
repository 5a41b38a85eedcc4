/** The options of the adapter contract, and the results it reports. */

/** A server that serves an `adapterApp()` at `contractPaths`, and a function that ends it. */
export interface MountedApp {
  /** For example `http://127.0.0.1:4000`. */
  readonly url: string;
  stop(): Promise<void> | void;
}

/** The form in which an adapter is mounted. */
export type MountForm = 'handler' | 'middleware';

/** The result of one case, for code that makes a table of several adapters. */
export interface AdapterResult {
  readonly form: MountForm;
  readonly name: string;
  readonly verdict: 'holds' | 'fails' | 'left out';
  /** The reason why it was left out, or the check that failed. */
  readonly reason?: string;
}

export interface AdapterContractOptions {
  /** The forms that the adapter has. Default both. */
  readonly forms?: readonly MountForm[];
  /** Cases that cannot occur, by the beginning of their names, with the reason. Never a case that fails. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** A pattern for the hint if the framework's own parser consumed the body. Default: any hint that names a parser. */
  readonly parsedHint?: RegExp;
  readonly onResult?: (result: AdapterResult) => void;
}
