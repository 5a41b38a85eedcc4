/** Parses the signed timestamp strictly and checks that it lies within the window. */

import { WebhookError } from '../errors.ts';

/** The format of a timestamp. `seconds` and `milliseconds` since 1970, `iso8601` as in RFC 3339. */
export type TimestampUnit = 'seconds' | 'milliseconds' | 'iso8601';

/** Maximum distance of the signed time from now on each side, in seconds, inclusive. */
export interface ReplayTolerance {
  /** Up to 2 678 400 (31 days). */
  readonly past: number;
  /** Up to 86 400 (one day). */
  readonly future: number;
}

/** Maximum tolerance on both sides, and on the past side alone, in seconds: one day, and 31 days. */
export const maxToleranceSeconds = 86_400;
export const maxPastSeconds = 2_678_400;
/** Used if a scheme signs a timestamp and neither provider nor user sets a number (Standard Webhooks 1.0.0). */
export const defaultToleranceSeconds = 300;

const decimal = /^[1-9][0-9]{0,11}$/;
const decimalMilliseconds = /^[1-9][0-9]{0,14}$/;
// RFC 3339 section 5.6, with the offset required: a local time is ambiguous.
const internetDateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * The instant of a timestamp, in milliseconds since 1970.
 *
 * @throws timestamp_malformed for anything except the plain form; timestamp_too_new for milliseconds instead of seconds
 */
export function parseTimestamp(text: string, unit: TimestampUnit, at: string): number {
  switch (unit) {
    case 'seconds':
      if (decimal.test(text)) return Number(text) * 1000;
      if (/^[1-9][0-9]{12}$/.test(text)) {
        throw new WebhookError('timestamp_too_new', {
          at,
          hint: 'It looks like milliseconds where seconds are expected.',
        });
      }
      break;
    case 'milliseconds':
      if (decimalMilliseconds.test(text)) return Number(text);
      break;
    case 'iso8601': {
      const instant = internetDateTime.test(text) ? Date.parse(text) : Number.NaN;
      if (!Number.isNaN(instant)) return instant;
    }
  }
  throw new WebhookError('timestamp_malformed', { at });
}

/**
 * Refuses an instant further than the tolerance from now, in both directions; the limits are inclusive.
 *
 * A timestamp in whole seconds is compared with the clock in whole seconds.
 *
 * @throws timestamp_too_old, timestamp_too_new
 */
export function checkReplayWindow(
  signedAtMilliseconds: number,
  nowMilliseconds: number,
  { past, future }: ReplayTolerance,
  unit: TimestampUnit,
  at: string,
): void {
  const now = unit === 'seconds' ? Math.floor(nowMilliseconds / 1000) * 1000 : nowMilliseconds;
  const age = now - signedAtMilliseconds;
  if (age > past * 1000) {
    const looksLikeSeconds = unit === 'milliseconds' && signedAtMilliseconds < nowMilliseconds / 100;
    const hint = 'It looks like seconds where milliseconds are expected.';
    throw new WebhookError('timestamp_too_old', looksLikeSeconds ? { at, hint } : { at });
  }
  if (-age > future * 1000) throw new WebhookError('timestamp_too_new', { at });
}

/**
 * A tolerance with both sides. A number means both.
 *
 * @throws options_invalid if a number is not a whole number of seconds in its range
 */
export function requireTolerance(value: unknown, at: string): ReplayTolerance {
  const isWhole = (seconds: unknown, most: number): seconds is number =>
    Number.isInteger(seconds) && (seconds as number) >= 1 && (seconds as number) <= most;
  if (isWhole(value, maxToleranceSeconds)) return { past: value, future: value };
  if (typeof value === 'object' && value !== null) {
    const { past, future, ...other } = value as Partial<ReplayTolerance>;
    if (isWhole(past, maxPastSeconds) && isWhole(future, maxToleranceSeconds) && Object.keys(other).length === 0)
      return { past, future };
  }
  throw new WebhookError('options_invalid', {
    at,
    hint: `Expected whole seconds from 1 to ${maxToleranceSeconds}, or both of { past, future }: past up to ${maxPastSeconds}, future up to ${maxToleranceSeconds}. To accept a signed timestamp of any age, set dangerouslyIgnoreTimestamp: true.`,
  });
}
