/** Reads one header from any framework's representation, and the formats in which headers carry signatures. */

import { WebhookError } from '../errors.ts';

/**
 * Header fields in any of the usual forms; names in any case.
 *
 * A record with two spellings of one name, an array of more than one value, and a repeated pair all count as a
 * repeated header. An iterable must allow more than one iteration (an array, a Map; not a generator).
 */
export type HeaderSource =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | Iterable<readonly [string, string]>;

/** Maximum length of a header value, in characters. */
export const maxHeaderLength = 8192;
/** Maximum number of items in a list header, and of candidates that are compared. */
export const maxCandidates = 16;

/**
 * The value of one header, or undefined if it is absent or empty.
 *
 * @param name in lower case
 * @throws header_repeated, header_malformed (not a string, or longer than 8 KiB)
 */
export function findHeader(source: HeaderSource, name: string): string | undefined {
  if (Symbol.iterator in source) return requireText(findInPairs(source, name), name);
  let value: unknown;
  for (const key in source) {
    if (key.length !== name.length || (key !== name && key.toLowerCase() !== name)) continue;
    // The usual record has one spelling of each name.
    value = value === undefined && Object.hasOwn(source, key) ? source[key] : addEntry(value, source, key, name);
  }
  return requireText(value, name);
}

/** The head's information about the body that follows. */
export interface Framing {
  readonly coding: string | undefined;
  readonly length: string | undefined;
}

/**
 * The coding and the announced length of a body, read in one pass, since every delivery needs both.
 *
 * @throws header_repeated, header_malformed
 */
export function findFraming(source: HeaderSource): Framing {
  const [first, second] = ['content-encoding', 'content-length'] as const;
  if (Symbol.iterator in source) return { coding: findHeader(source, first), length: findHeader(source, second) };
  let coding: unknown;
  let length: unknown;
  for (const key in source) {
    // Most keys differ in length.
    if (key.length === second.length && key.toLowerCase() === second) length = addEntry(length, source, key, second);
    else if (key.length === first.length && key.toLowerCase() === first) coding = addEntry(coding, source, key, first);
  }
  return { coding: coding === undefined ? undefined : requireText(coding, first), length: requireText(length, second) };
}

function requireText(value: unknown, name: string): string | undefined {
  const text = Array.isArray(value) ? onlyOf(value, name) : value;
  if (text === undefined || text === null || text === '') return undefined;
  if (typeof text !== 'string') throw new WebhookError('header_malformed', { at: name });
  if (text.length > maxHeaderLength) {
    throw new WebhookError('header_malformed', {
      at: name,
      hint: `The header is longer than ${maxHeaderLength} characters.`,
    });
  }
  return text;
}

/**
 * All lines of a header, joined as in RFC 9110 section 5.3, without whitespace around each; for fields that are lists.
 *
 * @param name in lower case
 * @throws header_malformed (not text, or longer than 8 KiB)
 */
export function joinedHeader(source: HeaderSource, name: string): string | undefined {
  const values: unknown[] = [];
  if (Symbol.iterator in source) {
    for (const [key, value] of source) if (typeof key === 'string' && key.toLowerCase() === name) values.push(value);
  } else {
    for (const [key, value] of Object.entries(source)) if (key.toLowerCase() === name) values.push(value);
  }
  const lines = values.flat().filter((value) => value !== undefined);
  if (lines.length === 0) return undefined;
  if (!lines.every((line) => typeof line === 'string')) throw new WebhookError('header_malformed', { at: name });
  // Measured before anything else: servers differ in the length that they allow.
  if (lines.reduce((sum, line) => sum + line.length + 2, -2) > maxHeaderLength) {
    throw new WebhookError('header_malformed', {
      at: name,
      hint: `The header is longer than ${maxHeaderLength} characters.`,
    });
  }
  return lines.map(trimBlanks).join(', ');
}

/** Trims spaces and tabs. An expression such as / +$/ takes quadratic time on a long run of blanks. */
function trimBlanks(text: string): string {
  const isBlank = (at: number) => text[at] === ' ' || text[at] === '\t';
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(from)) from++;
  while (to > from && isBlank(to - 1)) to--;
  return text.slice(from, to);
}

/** The value of a required header. @throws header_missing and everything that {@link findHeader} throws */
export function requireHeader(source: HeaderSource, name: string): string {
  const value = findHeader(source, name);
  if (value === undefined) throw new WebhookError('header_missing', { at: name });
  return value;
}

/** The format of a list header such as `t=1700000000,v1=abc`. */
export interface ListGrammar {
  /** Between items. */
  readonly separator: string;
  /** Between key and value of an item. */
  readonly assign: string;
  /** True if a space may follow a separator. */
  readonly spaced: boolean;
}

/**
 * Passes on every item of a list header that has a key and a value, in order. Other items are skipped: a sender may add entries of an unknown
 * kind.
 *
 * @param visit gets an item's key, and the position of its value in the header
 * @throws header_malformed for more than 32 items, and for a header that was sent twice: some servers join the two with a comma and a
 * space, others pass on both, and the verdict must be the same
 */
export function eachItem(
  text: string,
  grammar: ListGrammar,
  at: string,
  visit: (key: string, from: number, to: number) => void,
): void {
  let start = 0;
  for (let count = 1; ; count++) {
    if (grammar.spaced && start > 0 && text[start] === ' ') start++;
    const found = text.indexOf(grammar.separator, start);
    const end = found < 0 ? text.length : found;
    const split = text.indexOf(grammar.assign, start);
    if (count > maxCandidates * 2) {
      throw new WebhookError('header_malformed', {
        at,
        hint: `The header lists more than ${maxCandidates * 2} items.`,
      });
    }
    const isJoined = grammar.separator === ' ' ? text[end - 1] === ',' : text[start] === ' ';
    if (isJoined) {
      throw new WebhookError('header_malformed', { at, hint: 'It looks like two headers that a server has joined.' });
    }
    const from = split + grammar.assign.length;
    if (split > start && from < end) visit(text.slice(start, split), from, end);
    if (found < 0) return;
    start = end + grammar.separator.length;
  }
}

type FieldRecord = Exclude<HeaderSource, Iterable<unknown>>;

/** @throws header_repeated if another spelling of the name already had a value */
function addEntry(earlier: unknown, source: FieldRecord, key: string, name: string): unknown {
  const entry = Object.hasOwn(source, key) ? source[key] : undefined;
  if (entry === undefined) return earlier;
  if (earlier !== undefined) throw new WebhookError('header_repeated', { at: name });
  return entry;
}

function findInPairs(source: Iterable<readonly [string, string]>, name: string): unknown {
  // Headers looks up names in any case and has joined repeated fields with a comma. A Map does not fold case, so it is iterated.
  const { get, append } = source as Partial<Headers>;
  if (typeof get === 'function' && typeof append === 'function') return get.call(source, name);
  const iterator = source[Symbol.iterator]();
  if ((iterator as unknown) === source) {
    throw new WebhookError('options_invalid', {
      at: 'delivery.headers',
      hint: 'They can be read only once. Pass an array of pairs, a Map, a record or Headers.',
    });
  }
  const values: unknown[] = [];
  for (const [key, value] of source) {
    if (typeof key !== 'string' || key.length !== name.length || key.toLowerCase() !== name) continue;
    if (Array.isArray(value)) for (const one of value) values.push(one);
    else values.push(value);
  }
  return onlyOf(values, name);
}

function onlyOf(values: readonly unknown[], name: string): unknown {
  if (values.length > 1) throw new WebhookError('header_repeated', { at: name });
  return values[0];
}
