/** Measures time on a clock that may be set back. */

/** Deliveries overlap, so the one that read the clock first may be looked at last. So much backwards is no change of the clock. */
const overlapMilliseconds = 10_000;

/**
 * Milliseconds since an instant, by the receiver's clock.
 *
 * An instant in the future means that the clock was set back: infinitely long ago, so that nothing waits for the clock to catch
 * up. Up to 10 s ahead counts as now.
 */
export function elapsedSince(instant: number, now: number): number {
  const elapsed = now - instant;
  if (elapsed >= 0) return elapsed;
  return elapsed >= -overlapMilliseconds ? 0 : Number.POSITIVE_INFINITY;
}
