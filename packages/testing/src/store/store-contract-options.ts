/** The options of the store contract. */

import type { DedupeStore, StoredResponse } from '@countersign/core';

/** A store on its own connection, and a function that closes it. */
export interface StoreHandle {
  readonly store: DedupeStore;
  close?(): Promise<void> | void;
}

/** A record as found directly in the backend, without the store. */
export interface PeekedRecord {
  readonly state: 'claimed' | 'released' | 'done';
  readonly attempt?: number | undefined;
  readonly token?: string | undefined;
  readonly response?: StoredResponse | undefined;
  /** Time for which the backend keeps the record from now on. */
  readonly expiresInSeconds?: number | undefined;
}

export interface StoreContractOptions<Transaction = unknown> {
  /** Opens the store; each call on its own connection if the backend has connections, all on the same data. */
  readonly make: () => StoreHandle | Promise<StoreHandle>;
  /**
   * Reads a record directly from the backend, so that a store cannot vouch for itself. Undefined for a record that is
   * missing or has expired.
   */
  readonly peek: (key: string) => Promise<PeekedRecord | undefined>;
  /** Delay with which the backend notices that a lease or a record has expired, in seconds. Default 0.1. */
  readonly grainSeconds?: number;
  /** The clock that leases use. `caller` for a backend without one, such as DynamoDB. Default `store`. */
  readonly clock?: 'store' | 'caller';
  /**
   * A module whose default export is `make`, for races between processes; Node only. If left out, races run between the
   * connections of one process, which is all there is for a memory store.
   */
  readonly processes?: { readonly module: URL; readonly count?: number; readonly execArgv?: readonly string[] };
  /** Takes the backend down and brings it back. If given, each step must fail while the backend is down. */
  readonly outage?: { cut(): Promise<void>; restore(): Promise<void> };
  /**
   * Loses messages: for each of the next `answers` write requests, the backend runs the request and its answer is lost;
   * later requests never arrive, until `mend` is called. Steps must reject in the meantime instead of waiting. If
   * given, lost claims and releases must be recovered.
   *
   * `hold` holds up the next write request, as a network may do: it fails for the store, and reaches the backend when the
   * returned function is called. If given, a claim that arrives after its release must be refused.
   */
  readonly loss?: { lose(answers: number): void; mend(): void; hold?(): () => Promise<void> };
  /** For stores with `transact`: an effect written in a transaction, and the number of its occurrences. */
  readonly effects?: {
    write(transaction: Transaction, id: string): Promise<void>;
    count(id: string): Promise<number>;
    /**
     * Sends COMMIT through the handler's transaction, as a handler might do by mistake. If left out, this is not
     * checked.
     */
    commit?(transaction: Transaction): Promise<unknown>;
  };
}
