/** Keeps a signed text unambiguous: checks which parts may be next to each other. */

import { WebhookError } from '../../errors.ts';
import type { TimestampUnit } from '../replay-window.ts';
import type { SignedPart } from './signed-part.ts';

/** @throws header_malformed: a lone surrogate is signed as U+FFFD, so another value would have the same signature */
export function requireWellFormed(value: string, at: string): void {
  if (/\p{Surrogate}/u.test(value))
    throw new WebhookError('header_malformed', { at, hint: 'It contains half of a surrogate pair.' });
}

/** The conditions on a value that fix the end of its part of a text. */
export interface Bounds {
  /** Exact number of characters, for digits with a neighbour that may begin with one. */
  readonly width?: number;
  /** A following text that the value must not contain. */
  readonly before?: string;
  /** A preceding text that the value must not contain. */
  readonly behind?: string;
  /** A time with colons follows directly, so the value must have none. */
  readonly noColon?: true;
  /** The body is directly next to a URL: it must begin or end with a character that no URL contains. */
  readonly body?: 'follows' | 'precedes';
}

/** The consequences of a unit: digits of a fixed number, or a form with which no other time begins or ends. */
const widths: Readonly<Record<TimestampUnit, number | undefined>> = {
  seconds: 10,
  milliseconds: 13,
  iso8601: undefined,
};

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
  if (part === 'timestamp')
    return timeBounds(parts, at, unit, before === undefined || isNoDigit(before[0], unit) ? {} : { before });
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
  if (part === 'timestamp')
    return timeBounds(parts, at, unit, behind === undefined || isNoDigit(behind.at(-1), unit) ? {} : { behind });
  if (behind !== undefined) return { behind };
  return part === 'url' && previous === 'body' ? { body: 'precedes' } : undefined;
}

/** Digits directly next to a value need a fixed width, or they could move over to it. */
function timeBounds(
  parts: readonly SignedPart[],
  at: number,
  unit: TimestampUnit | undefined,
  bounds: Bounds,
): Bounds | undefined {
  const [previous, next] = [parts[at - 1], parts[at + 1]];
  const isBare = (neighbour: SignedPart | undefined) => neighbour !== undefined && textOfPart(neighbour) === undefined;
  if (!isBare(previous) && !isBare(next)) return bounds;
  if (unit === undefined) return undefined;
  const width = widths[unit];
  return width === undefined ? bounds : { ...bounds, width };
}

/** A time in seconds or milliseconds was parsed from digits only, so there is nothing to search for. */
function isNoDigit(sign: string | undefined, unit: TimestampUnit | undefined): boolean {
  return unit !== undefined && unit !== 'iso8601' && sign !== undefined && !/\d/.test(sign);
}

function textOfPart(part: SignedPart | undefined): string | undefined {
  return typeof part === 'object' && 'text' in part ? part.text : undefined;
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

/** @throws header_malformed, timestamp_malformed for a value that violates its bounds */
export function requireBounds(value: string, { width, before, behind, noColon }: Bounds, at: string): void {
  const refuse = (hint: string) => new WebhookError('header_malformed', { at, hint });
  // Including its separator: 'a|' before '||' would end one character early.
  if (before !== undefined && (value + before).indexOf(before) !== value.length)
    throw refuse(`It contains ${JSON.stringify(before)}, which follows it in the signed text.`);
  if (behind !== undefined && (behind + value).lastIndexOf(behind) !== 0)
    throw refuse(`It contains ${JSON.stringify(behind)}, which precedes it in the signed text.`);
  if (noColon === true && value.includes(':')) throw refuse('It contains a colon, and a time follows it at once.');
  if (width !== undefined && value.length !== width) throw new WebhookError('timestamp_malformed', { at });
}
