/** The app's clock, if there is one. */

import { WebhookError } from '../errors.ts';
import { ignoreRejection } from './option-values.ts';

/** Reads a clock. @throws options_invalid if it throws or returns an invalid Date: verification fails closed */
export function readClock(clock: (() => Date) | undefined): number {
  if (clock === undefined) return Date.now();
  let now: unknown;
  try {
    const given = clock();
    ignoreRejection(given);
    now = given.getTime();
  } catch (cause) {
    throw new WebhookError('options_invalid', { at: 'clock', hint: 'The clock threw, or returned no Date.', cause });
  }
  if (typeof now !== 'number' || !Number.isFinite(now)) {
    throw new WebhookError('options_invalid', { at: 'clock', hint: 'The clock returned no valid Date.' });
  }
  return now;
}
