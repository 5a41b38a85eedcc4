/** Keeps Miniflare's objects alive: at the server it forgets what was collected here, also while a request names it. */

/** Waits for work with the objects that it is done by, and lets go of them afterwards. */
export async function whileHolding<Result>(objects: unknown[], work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } finally {
    objects.length = 0;
  }
}
