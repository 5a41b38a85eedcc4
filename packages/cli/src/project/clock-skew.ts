/** Compares this machine's clock with a server's, by the Date header of one response. */

import { withoutQuery } from '../flags/target.ts';
import { CliFailure } from '../frame/failure.ts';
import { printable } from '../frame/output.ts';
import type { Finding } from './finding.ts';

/** The result. */
export interface ClockComparison {
  /** Seconds by which this machine is ahead; negative if it is behind. */
  readonly skewSeconds: number;
  /**
   * The possible error: half the round trip, and the whole second in which a Date is written (RFC 9110 section 5.6.7).
   */
  readonly uncertaintySeconds: number;
  readonly toleranceSeconds: number;
}

/** @throws CliFailure target_unreachable */
export async function compareClocks(
  url: string,
  toleranceSeconds: number,
  clock: () => Date,
): Promise<ClockComparison> {
  const unreachable = (reason: string, cause?: unknown) =>
    new CliFailure('target_unreachable', `cannot compare clocks with ${printable(withoutQuery(url))}: ${reason}.`, {
      cause,
    });
  const askedAt = clock().getTime();
  const startedAt = performance.now();
  const response = await fetch(url, {
    method: 'HEAD',
    redirect: 'manual',
    cache: 'no-store',
    signal: AbortSignal.timeout(10_000),
  }).catch((cause: unknown) => {
    throw unreachable('it cannot be reached', cause);
  });
  const roundTripSeconds = (performance.now() - startedAt) / 1000;
  await response.body?.cancel();
  const date = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(date)) throw unreachable('its response has no Date');
  // A cache passes on the Date of its stored response, with an Age.
  const ageSeconds = Number(response.headers.get('age') ?? 0) || 0;
  // The Date is truncated to the second, so on average half a second late.
  const serverAt = date / 1000 + 0.5 + ageSeconds;
  const hereAt = askedAt / 1000 + roundTripSeconds / 2;
  const round = (value: number) => Math.round(value * 10) / 10;
  return {
    skewSeconds: round(hereAt - serverAt),
    uncertaintySeconds: round(roundTripSeconds / 2 + 0.5),
    toleranceSeconds,
  };
}

/** clock_skew: from a tenth of the window on, because deliveries take time too. */
export function findClockSkew({
  skewSeconds,
  uncertaintySeconds,
  toleranceSeconds,
}: ClockComparison): readonly Finding[] {
  const sure = Math.abs(skewSeconds) - uncertaintySeconds;
  if (sure < toleranceSeconds / 10) return [];
  const direction = skewSeconds > 0 ? 'ahead of' : 'behind';
  const isBeyond = sure >= toleranceSeconds;
  return [
    {
      rule: 'clock_skew',
      certainty: 'found',
      file: 'clock',
      line: null,
      what: `The clock of this machine is ${Math.abs(skewSeconds)} s ${direction} the server's (within ${uncertaintySeconds} s); the window is ${toleranceSeconds} s, so ${isBeyond ? 'genuine deliveries are refused' : 'part of it is used up'}.`,
      fix: 'Set the clock with NTP (chrony, systemd-timesyncd, w32time); do not widen the window.',
    },
  ];
}
