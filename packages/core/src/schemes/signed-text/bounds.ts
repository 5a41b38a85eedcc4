/** Keeps a signed text unambiguous: the conditions on its values, and those of the texts that most senders sign. */

import { WebhookError } from '../../errors.ts';
import type { TimestampUnit } from '../replay-window.ts';
import type { SignedPart } from './signed-part.ts';

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
 * The bounds of a text in which a fixed text, or the digits of a time, separate each value from the body: the form of most senders. They are
 * those of `boundParts`, which knows all other forms.
 *
 * @returns undefined for any other form
 */
export function boundByTexts(
  parts: readonly SignedPart[],
  unit: TimestampUnit | undefined,
): readonly Bounds[] | undefined {
  const body = parts.indexOf('body');
  const bounds: Bounds[] = [];
  for (const [at, part] of parts.entries()) {
    const found = at === body || textOfPart(part) !== undefined ? {} : headValueBounds(parts, at, unit, at < body);
    if (found === undefined) return undefined;
    bounds.push(found);
  }
  return body < 0 ? undefined : bounds;
}

function headValueBounds(
  parts: readonly SignedPart[],
  at: number,
  unit: TimestampUnit | undefined,
  isBeforeBody: boolean,
): Bounds | undefined {
  const part = parts[at];
  if (part === 'timestamp') return timeBounds(parts, at, unit, isBeforeBody);
  const text = textOfPart(parts[isBeforeBody ? at + 1 : at - 1]);
  const isInHead = part === 'id' || part === 'nonce' || (typeof part === 'object' && 'header' in part);
  if (!isInHead || text === undefined) return undefined;
  return isBeforeBody ? { before: text } : { behind: text };
}

/**
 * The bounds of a time. Digits directly next to a value need a fixed width, or they could move over to it.
 *
 * @param isBeforeBody whether it must define its own end, otherwise its own beginning
 */
export function timeBounds(
  parts: readonly SignedPart[],
  at: number,
  unit: TimestampUnit | undefined,
  isBeforeBody: boolean,
): Bounds | undefined {
  const neighbours = [parts[at + 1], parts[at - 1]];
  const text = textOfPart(neighbours[isBeforeBody ? 0 : 1]);
  const isSeparate = text === undefined || isNoDigit(isBeforeBody ? text[0] : text.at(-1), unit);
  const bounds = isSeparate ? {} : isBeforeBody ? { before: text } : { behind: text };
  if (neighbours.every((neighbour) => neighbour === undefined || textOfPart(neighbour) !== undefined)) return bounds;
  if (unit === undefined) return undefined;
  const width = widths[unit];
  return width === undefined ? bounds : { ...bounds, width };
}

/** A time in seconds or milliseconds was parsed from digits only, so there is nothing to search for. */
function isNoDigit(sign: string | undefined, unit: TimestampUnit | undefined): boolean {
  return unit !== undefined && unit !== 'iso8601' && sign !== undefined && !/\d/.test(sign);
}

export function textOfPart(part: SignedPart | undefined): string | undefined {
  return typeof part === 'object' && 'text' in part ? part.text : undefined;
}

/** @throws header_malformed: a lone surrogate is signed as U+FFFD, so another value would have the same signature */
export function requireWellFormed(value: string, at: string): void {
  if (/\p{Surrogate}/u.test(value))
    throw new WebhookError('header_malformed', { at, hint: 'It contains half of a surrogate pair.' });
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
