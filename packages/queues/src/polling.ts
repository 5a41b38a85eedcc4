/** Takes jobs from engines that are asked for them: one loop for each job at once. */

import type { TakeOptions, Taking } from './queue.ts';

const pauseAfterErrorMilliseconds = 500;

/**
 * Asks for one job after another until `close`.
 *
 * @param step takes one job if there is one, and handles it; returns without one after a few seconds at most
 */
export function poll(step: (closing: AbortSignal) => Promise<void>, { concurrency, onError }: TakeOptions): Taking {
  const closing = new AbortController();
  const loop = async () => {
    while (!closing.signal.aborted) {
      try {
        await step(closing.signal);
      } catch (error) {
        if (closing.signal.aborted) return;
        onError(error);
        await pause(pauseAfterErrorMilliseconds, closing.signal);
      }
    }
  };
  const loops = Array.from({ length: concurrency }, loop);
  return {
    async close() {
      closing.abort();
      await Promise.all(loops);
    },
  };
}

/** Ends early when the signal fires. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}

/** Calls a step at every interval while work runs; its failures are ignored, since the next one may succeed. */
export async function whileRunning(
  run: () => Promise<void>,
  everyMilliseconds: number,
  step: () => unknown,
): Promise<void> {
  const timer = setInterval(async () => {
    try {
      await step();
    } catch {
      // The engine may hand out the job again; the claim keeps it from running twice.
    }
  }, everyMilliseconds);
  try {
    await run();
  } finally {
    clearInterval(timer);
  }
}

/** The delay after a failed attempt, from a list whose last entry is repeated. */
export function delayAfter(delivery: number, delaysSeconds: readonly number[]): number {
  return delaysSeconds[Math.min(Math.max(delivery, 1), delaysSeconds.length) - 1] ?? 0;
}
