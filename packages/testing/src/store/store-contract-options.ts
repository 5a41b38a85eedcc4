/** What the contract of stores is told of a store and its backend. */

import type { DedupeStore, StoredAnswer } from '@countersign/core';

/** A store over a connection of its own, and the way to close it. */
export interface StoreHandle {
  readonly store: DedupeStore;
  close?(): Promise<void> | void;
}

/** What a look past the store into its backend finds under a key. */
export interface PeekedRecord {
  readonly state: 'claimed' | 'released' | 'done';
  readonly attempt?: number | undefined;
  readonly token?: string | undefined;
  readonly answer?: StoredAnswer | undefined;
  /** How long the backend keeps the record from now on. */
  readonly expiresInSeconds?: number | undefined;
}

export interface StoreContractOptions<Transaction = unknown> {
  /** Opens the store; each call over a connection of its own where the backend has connections, all over the same data. */
  readonly make: () => StoreHandle | Promise<StoreHandle>;
  /**
   * Reads a record by the backend's own means, past the store, so that a store cannot vouch for itself. Undefined for a
   * record that is not there or has expired.
   */
  readonly peek: (key: string) => Promise<PeekedRecord | undefined>;
  /** How late the backend notices that a lease or a record is over, in seconds. Default 0.1. */
  readonly grainSeconds?: number;
  /** Whose clock leases run on. `caller` for a backend that has none, such as DynamoDB. Default `store`. */
  readonly clock?: 'store' | 'caller';
  /**
   * A module whose default export is `make`, for races between processes; Node alone. Left out, races run between the
   * connections of one process, which is all there is for a store in memory.
   */
  readonly processes?: { readonly module: URL; readonly count?: number; readonly execArgv?: readonly string[] };
  /** Takes the backend away and gives it back. Where it is given, each step has to fail while it is away. */
  readonly outage?: { cut(): Promise<void>; restore(): Promise<void> };
  /**
   * Loses what is on its way: of the next `answers` requests that write, the backend carries out each and its answer gets lost; those
   * after them never arrive, until `mend`. Steps have to reject meanwhile, and not wait. Where it is given, claims and releases that got lost have to be made up for.
   */
  readonly loss?: { lose(answers: number): void; mend(): void };
  /** For stores with `transact`: an effect written in a transaction, and how often it is there. */
  readonly effects?: {
    write(transaction: Transaction, id: string): Promise<void>;
    count(id: string): Promise<number>;
    /** Sends COMMIT through the handler's transaction, as a handler does by mistake. Where left out, nothing is checked of that. */
    commit?(transaction: Transaction): Promise<unknown>;
  };
}
