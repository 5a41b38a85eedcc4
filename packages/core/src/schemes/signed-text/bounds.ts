/** Keeps a signed text from being read in two ways: which parts may stand side by side. */

import { WebhookError } from '../../errors.ts';
import type { TimestampUnit } from '../replay-window.ts';
import type { SignedPart } from './signed-part.ts';

/** @throws header_malformed: half of a surrogate pair is signed as U+FFFD, so another value would have the same signature */
export function requireWellFormed(value: string, at: string): void {
  if (/\p{Surrogate}/u.test(value))
    throw new WebhookError('header_malformed', { at, hint: 'It contains half of a surrogate pair.' });
}

/** What a value has to be for its part of a text to end where it ends. */
export interface Bounds {
  /** Exact number of characters, for digits with a neighbour that may begin with one. */
  readonly width?: number;
  /** A text that follows and that the value must not contain. */
  readonly before?: string;
  /** A text that precedes and that the value must not contain. */
  readonly behind?: string;
  /** A time with colons follows at once, so the value has none. */
  readonly noColon?: true;
  /** The body follows or precedes a URL at once: it has to begin or end with what no URL has. */
  readonly body?: 'follows' | 'precedes';
}

/** What follows from a unit: digits of a fixed number, or a form that no other time begins or ends. */
const widths: Readonly<Record<TimestampUnit, number | undefined>> = {
  seconds: 10,
  milliseconds: 13,
  iso8601: undefined,
};

/**
 * Works out how each part of a text is told from its neighbours.
 *
 * One part may hold anything, such as the body. Those before it have to end by themselves, those behind it to begin by
 * themselves: a fixed text beside them, a fixed width, or a form that no neighbour continues.
 *
 * @param ambiguous whether parts may run into each other; those at the end that begin by themselves are bounded all the same
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
  // The one that may hold anything.
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

/** How a part is told from what follows it; undefined where it is not. */
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

/** How a part is told from what precedes it; undefined where it is not. */
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

/** Digits with a bare neighbour need a fixed width, or they could move over to it. */
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

/** Digits, which is what a time in seconds or milliseconds was read as, contain nothing else: there is nothing to look for. */
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

/** A URL begins with a small letter, a time with a digit: neither goes on with the capitals of a method. */
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

/** @throws header_malformed, timestamp_malformed for a value that does not keep within its bounds */
export function requireBounds(value: string, { width, before, behind, noColon }: Bounds, at: string): void {
  const refuse = (hint: string) => new WebhookError('header_malformed', { at, hint });
  // With its separator behind it: 'a|' before '||' would end one character early.
  if (before !== undefined && (value + before).indexOf(before) !== value.length)
    throw refuse(`It contains ${JSON.stringify(before)}, which follows it in the signed text.`);
  if (behind !== undefined && (behind + value).lastIndexOf(behind) !== 0)
    throw refuse(`It contains ${JSON.stringify(behind)}, which precedes it in the signed text.`);
  if (noColon === true && value.includes(':')) throw refuse('It contains a colon, and a time follows it at once.');
  if (width !== undefined && value.length !== width) throw new WebhookError('timestamp_malformed', { at });
}
