/** The contract between a receiver and the store that remembers what was handled. */

/** What a store answers to {@link DedupeStore.claim}. */
export type Claim =
  /** The caller owns the event until the lease ends. `attempt` counts from 1 and rises with every claim of one key. */
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
  /** Tells a duplicate with other bytes from one with the same. Only where the identity is not the body itself. */
  readonly fingerprint?: string;
}

/**
 * Remembers claims and completions. Each method is one atomic step on the store's own clock.
 *
 * A claim is a lease with an owner's token: the one who holds it may complete, extend or release it, anybody else is
 * refused. When the lease ends without completion the event can be claimed again, so a crash loses nothing.
 */
export interface DedupeStore {
  /** Takes the right to handle a key, or says who has it. @throws when the store cannot answer */
  claim(key: string, leaseSeconds: number): Promise<Claim>;
  /** Prolongs a lease from now on; false when the token no longer owns it. */
  extend(key: string, token: string, leaseSeconds: number): Promise<boolean>;
  /** Records the key as done for `retentionSeconds`; false when the token no longer owns it. */
  complete(key: string, token: string, retentionSeconds: number, answer?: StoredAnswer): Promise<boolean>;
  /** Gives the key back so that it can be claimed at once; false when the token no longer owns it. */
  release(key: string, token: string): Promise<boolean>;
}
