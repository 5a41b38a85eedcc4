/** Times as flags accept them. */

import { InvalidArgumentError } from 'commander';
import type { Frame } from './frame.ts';

/** ISO 8601 with its offset, seconds since 1970, or `now`. @throws InvalidArgumentError */
export function parseTime(text: string, { surroundings }: Frame): Date {
  if (text === 'now') return surroundings.clock();
  if (/^\d{13}$/.test(text)) throw new InvalidArgumentError('It looks like milliseconds; expected seconds.');
  const isIso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  const time = new Date(isIso ? text : /^\d{1,11}$/.test(text) ? Number(text) * 1000 : Number.NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError('Expected a time such as 2026-11-21T09:00:00Z, seconds since 1970, or now.');
}
