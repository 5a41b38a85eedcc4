/** Measures time on a clock that may be set back. */

/** Deliveries overlap, so the one that read the clock first may be checked last. A step back of this size is not a clock change. */
const overlapMilliseconds = 10_000;

/**
 * Milliseconds since an instant, by the receiver's clock.
 *
 * An instant in the future means that the clock was set back: the result is infinity, so nothing waits for the clock to catch up. Up to 10
 * s ahead counts as now.
 */
export function elapsedSince(instant: number, now: number): number {
  const elapsed = now - instant;
  if (elapsed >= 0) return elapsed;
  return elapsed >= -overlapMilliseconds ? 0 : Number.POSITIVE_INFINITY;
}
