/** The contract between a receiver and the store that remembers what was handled. */

/** What a store answers to {@link DedupeStore.claim}. */
export type Claim =
  /**
   * The caller owns the event until the lease ends. `attempt` counts the runs of one key from 1: it rises with each claim, and
   * a release with `ran: false` takes it back.
   */
  | { readonly state: 'claimed'; readonly token: string; readonly attempt: number }
  /** Somebody else owns it for `leaseLeftSeconds` more. */
  | { readonly state: 'in_flight'; readonly leaseLeftSeconds: number }
  /** It was handled; the first answer, where one was kept. */
  | { readonly state: 'done'; readonly answer: StoredAnswer | undefined };

/** What is kept of the first answer to an event. Plain JSON, small. */
export interface StoredAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** At most 4 KiB; a larger body is not kept. */
  readonly body?: string;
  /**
   * Tells a duplicate that differs from the first: by its bytes, or where the body itself is the identity, by its unsigned
   * delivery id. Eight characters.
   */
  readonly fingerprint?: string;
  /**
   * Tells a duplicate that another secret proves than the first delivery: 16 bits of HKDF-SHA-256 (RFC 5869) of the secret, three
   * characters. Absent where the sender signs with a public key.
   */
  readonly secret?: string;
}

/** Options of {@link DedupeStore.release}. */
export interface ReleaseOptions {
  /**
   * Whether the handler ran under this claim. Default true.
   *
   * False takes the attempt number of the claim back, so that an outage of the store cannot use up the attempts of an event.
   */
  readonly ran?: boolean;
}

/** A setting of a store's backend under which records can get lost. */
export interface StoreFinding {
  /** `not_durable`: a crash of the backend forgets. `may_evict`: it drops live records when memory is short. */
  readonly code: 'not_durable' | 'may_evict';
  readonly message: string;
}

/**
 * Remembers claims and completions. Each method is one atomic step on the store's own clock.
 *
 * A claim is a lease with an owner's token: the one who holds it may complete, extend or release it, anybody else is
 * refused. When the lease ends without completion the event can be claimed again, so a crash loses nothing.
 *
 * Give the methods of a store of your own to {@link defineStore}; `storeContract` of `@countersign/testing` proves it.
 */
export interface StoreMethods {
  /**
   * Whether its records are seen by this process alone. A receiver on any other store has to be given a `dedupe.namespace`, since
   * the receivers of other services may be on it too.
   */
  readonly local?: boolean;
  /** Takes the right to handle a key, or says who has it. @throws when the store cannot answer */
  claim(key: string, leaseSeconds: number): Promise<Claim>;
  /** Prolongs a lease from now on; false when the token no longer owns it. */
  extend(key: string, token: string, leaseSeconds: number): Promise<boolean>;
  /** Records the key as done for `retentionSeconds`; false when the token no longer owns it. */
  complete(key: string, token: string, retentionSeconds: number, answer?: StoredAnswer): Promise<boolean>;
  /** Gives the key back so that it can be claimed at once; false when the token no longer owns it. */
  release(key: string, token: string, options?: ReleaseOptions): Promise<boolean>;
  /**
   * Raises the watermark of a key to `position`, never lowers it, and tells what it was before; without `position` it
   * only tells. Kept for `retentionSeconds` from the last raise. Needed for `ordering` alone.
   */
  raiseWatermark?(key: string, position: number | undefined, retentionSeconds: number): Promise<number | undefined>;
  /** Looks once at the backend's settings. The receiver calls it beside its first claim and passes on what it finds. */
  check?(): Promise<readonly StoreFinding[]>;
}

/** Under this name a store brings the handling by claims along; the same in every copy of this package (ESM beside CJS). */
export const claimsKey: unique symbol = Symbol.for('countersign.claims');

/**
 * A store that a receiver can use: its methods, and the handling of events by claims, which an app without a store does not need in its
 * bundle. Made by {@link memoryStore}, the stores of `@countersign/stores`, or {@link defineStore}. `{ ...store, claim }` is a store too.
 */
export interface DedupeStore extends StoreMethods {
  readonly [claimsKey]: { readonly version: number };
}

/**
 * How the transaction of a handler ended.
 *
 * `true`: it committed, with the completion. `false`: it was rolled back, since the token no longer owns the key. `apart`: it was
 * over before the handler returned (a procedure that commits, a command that commits by itself), so the writes stand on their own
 * and nothing was completed: the receiver completes as in mode `lease` and reports it.
 */
export type TransactionEnd = boolean | 'apart';

/**
 * The methods of a store whose backend has transactions: a handler's writes and the record that it is done commit together, or neither
 * does. Needed for `dedupe.mode: 'transactional'`.
 */
export interface TransactionalMethods<Transaction = unknown> extends StoreMethods {
  /**
   * Runs `work` in a transaction of its own and commits what it wrote together with the completion of the key.
   *
   * @throws what `work` throws, after rolling back; or the backend's error, when it is not known whether the commit held. Where
   * `work` throws and there was nothing left to roll back it may return `apart`, so that this is reported
   */
  transact(
    key: string,
    token: string,
    retentionSeconds: number,
    work: (transaction: Transaction) => Promise<StoredAnswer | undefined>,
  ): Promise<TransactionEnd>;
  /**
   * Called when a receiver in mode `transactional` is built.
   *
   * @throws options_invalid where the backend as it is set cannot run transactions, such as a pool of one connection
   */
  requireTransactions?(): void;
  /** The open transaction of a handler, typed. @throws options_invalid outside of mode `transactional` */
  transactionOf(context: { readonly transaction: unknown }): Transaction;
}

/** A store that a receiver can use in mode `transactional`. */
export interface TransactionalStore<Transaction = unknown> extends TransactionalMethods<Transaction>, DedupeStore {}

/** What is known of the attempts of an event that failed too often. */
export interface DeadLetterInfo {
  readonly attempts: number;
  /** What the last attempt failed with; undefined where it ended without a word, as in a crash. */
  readonly cause: unknown;
}
