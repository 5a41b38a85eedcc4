/** Limits fetches whose URLs a stranger can choose. */

import { elapsedSince } from './elapsed-time.ts';

/** Limits of a budget. */
export interface FetchLimits {
  /** Maximum number of fetches in a row, after a pause. */
  readonly burst: number;
  /** Number of further fetches per second. */
  readonly perSecond: number;
  /** Maximum number of concurrent fetches. */
  readonly atOnce: number;
  /** A fetch that has not ended after this many seconds no longer counts as running. */
  readonly timeoutSeconds: number;
}

/** A token bucket, and the number of running fetches. */
export class FetchBudget {
  readonly #limits: FetchLimits;
  #left: number;
  #filledAt = Number.NEGATIVE_INFINITY;
  /** Start times of the running fetches. On Workers, one that was cut off never ends. */
  #running: readonly number[] = [];

  constructor(limits: FetchLimits) {
    this.#limits = limits;
    this.#left = limits.burst;
  }

  /** Takes one fetch from the budget. @returns a function to call when it has ended; undefined if none is left */
  take(now: number): (() => void) | undefined {
    const { burst, perSecond, atOnce, timeoutSeconds } = this.#limits;
    const elapsed = elapsedSince(this.#filledAt, now);
    if (elapsed > 0) {
      this.#left = Math.min(burst, this.#left + (elapsed / 1000) * perSecond);
      this.#filledAt = now;
    }
    const time = performance.now();
    this.#running = this.#running.filter((startedAt) => time - startedAt < timeoutSeconds * 1000);
    if (this.#left < 1 || this.#running.length >= atOnce) return undefined;
    this.#left--;
    this.#running = [...this.#running, time];
    return () => {
      const at = this.#running.indexOf(time);
      if (at >= 0) this.#running = this.#running.toSpliced(at, 1);
    };
  }
}
