/** The contract between a receiver and the store that remembers what was handled. */

/** The answer of a store to {@link DedupeStore.claim}. */
export type Claim =
  /**
   * The caller owns the event until the lease ends. `attempt` counts the runs of one key from 1: it increases with each
   * claim, and a release with `ran: false` takes it back.
   */
  | { readonly state: 'claimed'; readonly token: string; readonly attempt: number }
  /** Someone else owns it for another `leaseLeftSeconds`. */
  | { readonly state: 'in_flight'; readonly leaseLeftSeconds: number }
  /** It has been handled; with the first response, if one was stored. */
  | { readonly state: 'done'; readonly response: StoredResponse | undefined };

/** The stored part of the first response to an event. Plain JSON, small. */
export interface StoredResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** At most 4 KiB; a larger body is not stored. */
  readonly body?: string;
  /**
   * Detects a duplicate that differs from the first: by its bytes, or, if the body itself is the identity, by its
   * unsigned delivery id. Eight characters.
   */
  readonly fingerprint?: string;
  /**
   * Detects a duplicate that was proved by another secret than the first delivery: 16 bits of HKDF-SHA-256 (RFC 5869)
   * of the secret, three characters. Absent if the sender signs with a private key.
   */
  readonly secret?: string;
  /**
   * True if the event was not handled but passed to `deadLetter`. If the sender sends it again, it runs under a key of
   * its own.
   */
  readonly givenUp?: true;
}

/** Options of {@link DedupeStore.release}. */
export interface ReleaseOptions {
  /**
   * True if the handler ran under this claim. Default true.
   *
   * False takes back the attempt number of the claim, so that an outage of the store cannot use up the attempts of an
   * event.
   */
  readonly ran?: boolean;
}

/** A setting of a store's backend that can lose or hide records. */
export interface StoreFinding {
  /**
   * `not_durable`: a crash of the backend loses records. `may_evict`: it drops live records when memory is short.
   * `session_dependent`: a setting that other code leaves on a pooled connection can hide records from a step.
   */
  readonly code: 'not_durable' | 'may_evict' | 'session_dependent';
  readonly message: string;
}

/**
 * Remembers claims and completions. Each method is one atomic step on the store's own clock.
 *
 * A claim is a lease with an owner token: its holder may complete, extend or release it, and everyone else is refused.
 * If the lease ends without completion, the event can be claimed again, so a crash loses nothing.
 *
 * To write your own store, pass its methods to {@link defineStore} and test it with `storeContract` from
 * `@countersign/testing`.
 */
export interface StoreMethods {
  /**
   * True if only this process sees its records. A receiver on any other store needs a `dedupe.namespace`, because
   * receivers of other services may use it too.
   */
  readonly local?: boolean;
  /** Claims the right to handle a key, or returns who has it. @throws if the store cannot answer */
  claim(key: string, leaseSeconds: number): Promise<Claim>;
  /** Extends a lease from now on; false if the token no longer owns it. */
  extend(key: string, token: string, leaseSeconds: number): Promise<boolean>;
  /** Records the key as done for `retentionSeconds`; false if the token no longer owns it. */
  complete(key: string, token: string, retentionSeconds: number, response?: StoredResponse): Promise<boolean>;
  /** Releases the key so that it can be claimed immediately; false if the token no longer owns it. */
  release(key: string, token: string, options?: ReleaseOptions): Promise<boolean>;
  /**
   * Raises the watermark of a key to `position`, never lowers it, and returns its previous value; without `position` it
   * only returns it. Kept for `retentionSeconds` from the last raise. Only needed for `ordering`.
   */
  raiseWatermark?(key: string, position: number | undefined, retentionSeconds: number): Promise<number | undefined>;
  /**
   * Checks the backend's settings once. The receiver calls it along with its first claim and passes on the findings.
   */
  check?(): Promise<readonly StoreFinding[]>;
}

/** A store carries the handling of claims under this name; the same in every copy of this package (ESM and CJS). */
export const claimsKey: unique symbol = Symbol.for('countersign.claims');

/**
 * A store that a receiver can use: its methods, and the code that handles events with claims, which an app without a
 * store does not need in its bundle. Made by {@link memoryStore}, the stores of `@countersign/stores`, or {@link
 * defineStore}. `{ ...store, claim }` is a store too.
 */
export interface DedupeStore extends StoreMethods {
  readonly [claimsKey]: { readonly version: number };
}

/**
 * The way a handler's transaction ended.
 *
 * `true`: it committed, with the completion; or it was rolled back, because an earlier transaction with the same token
 * had completed the key. `false`: it was rolled back, because the token no longer owns the key.
 * `apart`: it ended before the handler returned (a procedure that commits, an implicit commit), so the writes were
 * committed separately and nothing was completed: the receiver completes as in mode `lease` and reports it.
 */
export type TransactionEnd = boolean | 'apart';

/**
 * The methods of a store whose backend has transactions: a handler's writes and the record that the event is done
 * commit together, or neither does. Needed for `dedupe.mode: 'transactional'`.
 */
export interface TransactionalMethods<Transaction = unknown> extends StoreMethods {
  /**
   * Runs `work` in its own transaction and commits its writes together with the completion of the key.
   *
   * @throws the error of `work`, after rolling back; or the backend's error, if it is not known whether the commit
   *   succeeded. If
   * `work` throws and there was nothing left to roll back, it may return `apart`, so that this is reported
   */
  transact(
    key: string,
    token: string,
    retentionSeconds: number,
    work: (transaction: Transaction) => Promise<StoredResponse | undefined>,
  ): Promise<TransactionEnd>;
  /**
   * Called when a receiver in mode `transactional` is built.
   *
   * @throws options_invalid if the backend's configuration cannot run transactions, such as a pool of one connection
   */
  requireTransactions?(): void;
  /** The open transaction of a handler, typed. @throws options_invalid outside mode `transactional` */
  transactionOf(context: { readonly transaction: unknown }): Transaction;
}

/** A store that a receiver can use in mode `transactional`. */
export interface TransactionalStore<Transaction = unknown> extends TransactionalMethods<Transaction>, DedupeStore {}

/** The facts about an event that failed too often. */
export interface DeadLetterInfo {
  readonly attempts: number;
  /** The error of the last attempt; undefined if it ended without one, as in a crash. */
  readonly cause: unknown;
}
