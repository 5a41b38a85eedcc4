/** Bounds how often something is fetched of which a stranger can name any number. */

import { elapsedSince } from './elapsed-time.ts';

/** Bounds of a budget. */
export interface FetchLimits {
  /** Most fetches in a row, after a pause. */
  readonly burst: number;
  /** How many more may be made each second. */
  readonly perSecond: number;
  /** Most fetches at once. */
  readonly atOnce: number;
  /** A fetch that has not ended after so many seconds no longer counts as one under way. */
  readonly timeoutSeconds: number;
}

/** A token bucket, and the number of fetches under way. */
export class FetchBudget {
  readonly #limits: FetchLimits;
  #left: number;
  #filledAt = Number.NEGATIVE_INFINITY;
  /** When the fetches under way began. On Workers one that was cut off never ends. */
  #running: readonly number[] = [];

  constructor(limits: FetchLimits) {
    this.#limits = limits;
    this.#left = limits.burst;
  }

  /** Takes one fetch out of the budget. @returns what to call when it has ended; undefined where none is left */
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
