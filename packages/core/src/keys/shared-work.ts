/** Work that several deliveries wait for, such as a fetch: done once for all of them, and no delivery waits too long. */

/**
 * Maximum wait for work that another delivery started, in milliseconds. On Cloudflare Workers a promise belongs to the request that made
 * it: if that request is cut off, the promise never settles.
 */
const patienceMilliseconds = 1000;

interface Pending<Value> {
  readonly result: Promise<Value>;
  readonly startedAt: number;
}

/** Shares running work. Keeps no result: the work itself stores it. */
export class SharedWork<Value> {
  #pending: Pending<Value> | undefined;

  /**
   * Waits for the running work, or starts it.
   *
   * After 1 s, work that has not settled is abandoned: the next waiter starts its own, and all others then wait for that. Times come from a
   * monotonic clock.
   *
   * @param start starts the work; returns undefined if it may not be started now
   * @returns the value; undefined if no work could be started
   * @throws the error of the work, or an Error after `timeoutSeconds`
   */
  async wait(
    start: () => Promise<Value> | undefined,
    timeoutSeconds: number,
  ): Promise<{ readonly value: Value } | undefined> {
    const deadline = performance.now() + timeoutSeconds * 1000;
    for (;;) {
      const now = performance.now();
      if (now >= deadline) throw new Error('It did not settle in time.');
      const shared = this.#pending;
      const patience = shared === undefined ? 0 : shared.startedAt + patienceMilliseconds - now;
      if (shared !== undefined && patience > 0) {
        const settled = await settledWithin(shared.result, Math.min(patience, deadline - now));
        if (settled !== undefined) return settled;
        continue;
      }
      const result = start();
      if (result === undefined) return undefined;
      this.#share(result, now);
      const settled = await settledWithin(result, deadline - now);
      if (settled !== undefined) return settled;
    }
  }

  /** True if no work is running. */
  get isIdle(): boolean {
    return this.#pending === undefined;
  }

  #share(result: Promise<Value>, startedAt: number): void {
    const pending = { result, startedAt };
    this.#pending = pending;
    const forget = () => {
      if (this.#pending === pending) this.#pending = undefined;
    };
    // Also if no one waits any more: a failure must not count as an unhandled rejection then.
    result.then(forget, forget);
  }
}

/** The value of a promise, or undefined if it has not settled after this many milliseconds. */
async function settledWithin<Value>(
  result: Promise<Value>,
  milliseconds: number,
): Promise<{ readonly value: Value } | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([result.then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer);
  }
}
