/** Removes expired records in bounded batches, along with the claims that make new ones, so that no timer is needed. */

const pauseMilliseconds = 60_000;

/**
 * Calls `sweep` at most once a minute, and again immediately while it finds full batches. Nothing waits for it, and
 * errors are left to the next time: the records have expired, and readers see that.
 */
export function createSweeper(sweep: () => Promise<number>, batchSize: number): () => void {
  let dueAt = 0;
  let isRunning = false;
  return () => {
    if (isRunning || Date.now() < dueAt) return;
    isRunning = true;
    dueAt = Date.now() + pauseMilliseconds;
    sweep()
      .then(
        (removed) => {
          if (removed >= batchSize) dueAt = 0;
        },
        () => undefined,
      )
      .finally(() => {
        isRunning = false;
      });
  };
}

/** Records removed in one step of a sweep. */
export const sweepBatchSize = 1000;
