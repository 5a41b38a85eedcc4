/** Work that several deliveries wait for, such as a fetch: done once for all of them, and for none of them too long. */

/**
 * Longest wait for work that another delivery started, in milliseconds. On Cloudflare Workers a promise belongs to the request
 * that made it: if that request is cut off, the promise never settles.
 */
const patienceMilliseconds = 1000;

interface Pending<Value> {
  readonly result: Promise<Value>;
  readonly startedAt: number;
}

/** Shares work under way. Keeps no result: whoever does the work keeps what came out of it. */
export class SharedWork<Value> {
  #pending: Pending<Value> | undefined;

  /**
   * Waits for the work under way, or starts some.
   *
   * Work that has not settled after 1 s is not waited for any longer: the next waiter starts its own, which all others then
   * wait for. Times are taken from a clock that is never set back.
   *
   * @param start starts the work; gives undefined where it may not be started now
   * @returns the value; undefined where no work could be started
   * @throws what the work throws, or an Error after `timeoutSeconds`
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

  /** True if no work is under way. */
  get isIdle(): boolean {
    return this.#pending === undefined;
  }

  #share(result: Promise<Value>, startedAt: number): void {
    const pending = { result, startedAt };
    this.#pending = pending;
    const forget = () => {
      if (this.#pending === pending) this.#pending = undefined;
    };
    // Also where nobody waits any more: then a failure must not count as an unhandled rejection.
    result.then(forget, forget);
  }
}

/** The value of a promise, or undefined where it has not settled within some milliseconds. */
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
