/** Texts of name and value pairs that only one sender makes. */

import { WebhookError } from '../../errors.ts';
import { requireBounds, requireWellFormed } from './bounds.ts';
import type { PairLayout, SignedPair } from './signed-part.ts';
import type { SchemeFeature } from './template.ts';

/** For descriptions with a part that computes its text. */
export const computedText: SchemeFeature = {
  step(part, bounds) {
    if (typeof part !== 'object' || !('compute' in part)) return undefined;
    return (delivery, values) => {
      const pairs = part.compute(delivery, values.url);
      // A part that defines its own end has a known number of pairs, none of which may contain anything.
      if (
        part.pairCount !== undefined &&
        (pairs.length !== part.pairCount || pairs.some(({ free }) => free === true))
      ) {
        throw new WebhookError('header_malformed', {
          at: part.name,
          hint: 'It has another number of values than the scheme prescribes.',
        });
      }
      const text = joinPairs(pairs, part.layout);
      requireBounds(text, bounds, part.name);
      return text;
    };
  },
  payloadOf(signs) {
    const part = signs.find((one) => typeof one === 'object' && 'compute' in one && one.payload === true);
    if (typeof part !== 'object' || !('compute' in part)) return undefined;
    return (delivery, { url }) =>
      Object.fromEntries(part.compute(delivery, url).map(({ name, value }) => [name, value]));
  },
};

/**
 * Joins pairs. If a value is `free`, the names and the number of the others must follow from the description or from the values themselves.
 *
 * No name contains the text after it, and no value except the `free` one contains the end of its pair, so the text can be split in only one
 * way, from both ends.
 *
 * @example
 * joinPairs([{ name: 'Message', value: text, free: true }, { name: 'Type', value: 'Notification' }], { assign: '\n', end: '\n' });
 *
 * @throws header_malformed at the pair that contains a separator
 */
export function joinPairs(pairs: readonly SignedPair[], { assign, end }: PairLayout): string {
  let text = '';
  let isFreeTaken = false;
  // Without separators, names and values run into each other.
  if ((end === '' && pairs.length > 1) || (assign === '' && pairs.some(({ name }) => name !== ''))) {
    throw new WebhookError('header_malformed', { at: 'signed text', hint: 'Its pairs have nothing between them.' });
  }
  for (const { name, value, free = false } of pairs) {
    const holds = (part: string, separator: string) => separator !== '' && part.includes(separator);
    const isRefused = holds(name, assign) || holds(name, end) || (free ? isFreeTaken : holds(value, end));
    requireWellFormed(value, name === '' ? 'signed text' : name);
    if (isRefused) {
      const hint = 'It contains what separates the signed values, so the text could be read in two ways.';
      throw new WebhookError('header_malformed', { at: name === '' ? 'signed text' : name, hint });
    }
    isFreeTaken ||= free;
    text += name + assign + value + end;
  }
  return text;
}
