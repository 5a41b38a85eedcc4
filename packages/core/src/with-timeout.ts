/** Waits for a promise, but not forever. */

export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}

/**
 * The settled value of a promise, or a rejection with `late()` if it takes too long. The work itself continues; no one waits for it, and a
 * later rejection is ignored.
 *
 * @param seconds above 0
 */
export async function withTimeout<Result>(
  work: PromiseLike<Result>,
  seconds: number,
  late: () => unknown,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), seconds * 1000);
  });
  try {
    return await Promise.race([work, isLate]);
  } finally {
    clearTimeout(timer);
  }
}
