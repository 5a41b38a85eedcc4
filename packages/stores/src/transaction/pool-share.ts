/**
 * Limits how much of a pool handlers' transactions may take, so that a handler that also uses the pool cannot block the
 * app.
 */

import { type TransactionEnd, WebhookError } from '@countersign/core';

/**
 * Maximum wait for a place, in seconds. Less than the time limit of a receiver, whose error would not give the reason.
 */
const waitSeconds = 4;

/** Places for transactions in one pool, given out in the order of requests. */
export class PoolShare {
  readonly #size: number;
  readonly #setting: string;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  /** @param setting the name of the pool's own option, such as `max of the Pool` */
  constructor(size: number, setting: string) {
    this.#size = size;
    this.#setting = setting;
  }

  get #places(): number {
    return Math.max(1, Math.floor(this.#size / 2));
  }

  /** @throws options_invalid if a transaction would take the only connection */
  requireRoom(): void {
    if (this.#size >= 2) return;
    throw new WebhookError('options_invalid', {
      at: 'dedupe.mode',
      hint: `Mode transactional needs a pool of at least 2 connections, but ${this.#setting} is ${this.#size}. While a handler's transaction holds one, claims and renewals use another. Raise it; 10 is a good start.`,
    });
  }

  /** @throws store_unavailable if no place is free in time */
  async run(transaction: () => Promise<TransactionEnd>): Promise<TransactionEnd> {
    if (this.#taken < this.#places) this.#taken++;
    else await this.#wait();
    try {
      return await transaction();
    } finally {
      const [next] = this.#waiting;
      // A place is handed over directly, so that no one takes it in between.
      if (next === undefined) this.#taken--;
      else next();
    }
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const take = () => {
        clearTimeout(timer);
        this.#waiting.delete(take);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(take);
        reject(
          new WebhookError('store_unavailable', {
            at: 'dedupe.mode',
            retryAfterSeconds: 1,
            hint: `Handlers' transactions hold ${this.#places} of the pool's ${this.#size} connections, which is their limit, so that the app keeps the rest. Raise ${this.#setting}, or make the handlers shorter. The response is 503, so the sender will retry.`,
          }),
        );
      }, waitSeconds * 1000);
      this.#waiting.add(take);
    });
  }
}

const shares = new WeakMap<object, PoolShare>();

/** The share of a pool, shared by all stores that use it. A pool that does not report its size has no limit. */
export function shareOf(pool: object, size: unknown, setting: string): PoolShare {
  const known = shares.get(pool);
  if (known !== undefined) return known;
  const share = new PoolShare(typeof size === 'number' ? size : Number.POSITIVE_INFINITY, setting);
  shares.set(pool, share);
  return share;
}
