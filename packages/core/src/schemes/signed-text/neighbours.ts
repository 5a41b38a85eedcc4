/** Checks which parts of a signed text may be next to each other. */

import { WebhookError } from '../../errors.ts';
import type { TimestampUnit } from '../replay-window.ts';
import { type Bounds, textOfPart, timeBounds } from './bounds.ts';
import type { SignedPart } from './signed-part.ts';

/**
 * Determines how each part of a text is separated from its neighbours.
 *
 * One part may contain anything, such as the body. Parts before it must define their own end, parts after it their own beginning: by a
 * fixed text next to them, a fixed width, or a form that no neighbour continues.
 *
 * @param ambiguous whether parts may run into each other; those at the end with their own beginning are still bounded
 * @throws options_invalid at `scheme.signs` for parts that can run into each other
 */
export function boundParts(
  parts: readonly SignedPart[],
  unit: TimestampUnit | undefined,
  ambiguous: boolean,
): readonly Bounds[] {
  const bounds: Bounds[] = [];
  let from = 0;
  for (; from < parts.length && !ambiguous; from++) {
    const found = leftBounds(parts, from, unit);
    if (found === undefined) break;
    bounds[from] = found;
  }
  // The part that may contain anything.
  if (from < parts.length) bounds[from] = {};
  for (let at = parts.length - 1; at > from; at--) {
    const found = rightBounds(parts, at, unit);
    if (found === undefined && ambiguous) break;
    if (found === undefined) {
      const [left, right] = [parts[at - 1], parts[at]].map((part) => nameOf(part as SignedPart));
      throw new WebhookError('options_invalid', {
        at: 'scheme.signs',
        hint: `${left} and ${right} can run into each other, so one signature would fit several deliveries. Put a fixed text between them that neither contains, such as { text: '.' }. If this really is how the sender signs, set ambiguous: true.`,
      });
    }
    bounds[at] = found;
  }
  return bounds;
}

/** The separation of a part from the following one; undefined if there is none. */
function leftBounds(parts: readonly SignedPart[], at: number, unit: TimestampUnit | undefined): Bounds | undefined {
  const part = parts[at] as SignedPart;
  const next = parts[at + 1];
  const before = textOfPart(next);
  if (textOfPart(part) !== undefined || isFixed(part)) return {};
  if (part === 'body' || isFree(part) || isUnordered(part)) return undefined;
  if (part === 'timestamp') return timeBounds(parts, at, unit, true);
  if (part === 'method') {
    const isOpen = next !== undefined && (before === undefined ? !startsOtherwise(next) : /^[A-Z]/.test(before));
    return isOpen ? undefined : {};
  }
  if (before !== undefined) return { before };
  if (part === 'url') return next === 'body' ? { body: 'follows' } : undefined;
  if (isSelfDelimited(part)) return {};
  return next === 'timestamp' && unit === 'iso8601' ? { noColon: true } : undefined;
}

/** The separation of a part from the preceding one; undefined if there is none. */
function rightBounds(parts: readonly SignedPart[], at: number, unit: TimestampUnit | undefined): Bounds | undefined {
  const part = parts[at] as SignedPart;
  const previous = parts[at - 1];
  const behind = textOfPart(previous);
  if (textOfPart(part) !== undefined || isFixed(part)) return {};
  if (part === 'body' || isFree(part) || isUnordered(part)) return undefined;
  if (part === 'timestamp') return timeBounds(parts, at, unit, false);
  if (behind !== undefined) return { behind };
  return part === 'url' && previous === 'body' ? { body: 'precedes' } : undefined;
}

function isFixed(part: SignedPart): boolean {
  return typeof part === 'object' && 'bodyDigest' in part;
}

function isFree(part: SignedPart): boolean {
  return typeof part === 'object' && 'free' in part && part.free === true;
}

/** Names and values run together by the sender's own rule. */
function isUnordered(part: SignedPart): boolean {
  return part === 'sorted_form' || (typeof part === 'object' && 'sortedFormOrQueryDigest' in part);
}

/** A text of a fixed number of pairs, each with an end. */
function isSelfDelimited(part: SignedPart): boolean {
  return typeof part === 'object' && 'compute' in part && part.layout.end !== '' && part.pairCount !== undefined;
}

/** A URL begins with a small letter, a time with a digit: neither continues the capital letters of a method. */
function startsOtherwise(part: SignedPart): boolean {
  return part === 'url' || part === 'timestamp';
}

function nameOf(part: SignedPart): string {
  if (typeof part === 'string') return part;
  if ('text' in part) return JSON.stringify(part.text);
  if ('compute' in part) return part.name;
  if ('header' in part) return `header ${part.header.toLowerCase()}`;
  if ('json' in part) return `body ${part.json}`;
  if ('form' in part) return `form ${part.form}`;
  return 'bodyDigest' in part ? 'the digest of the body' : 'the sorted form';
}
