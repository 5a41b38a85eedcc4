/** Changes to a body between the sender's signature and the user's code, undone one at a time. */

import { decodeBase64, decodeBase64Url, decodeHex, decodeUtf8, encodeBase64, encodeUtf8 } from '../encoding.ts';
import type { CauseCode } from './causes.ts';
import { charsetRepairs } from './charset-variants.ts';
import { formsAround, formsOfJson, formTexts } from './form-variants.ts';
import { jsonTexts } from './json-variants.ts';
import type { Situation, Variant } from './situation.ts';

type Make = (code: CauseCode, body: Uint8Array | string, what?: string) => Variant;

/** Number of JSON spellings that are tried before everything else. */
const likelySpellings = 7;
const encodedWhat = 'The body was decoded from base64, and the text in base64 was signed.';
const percentWhat = 'The body was percent-encoded, and the text inside is what was signed.';
const formWhat = 'The form in the body was taken apart by a parser and written as JSON.';

/** Every body that may have been signed, the most likely first. */
export function* bodyVariants({ body, provider }: Pick<Situation, 'body' | 'provider'>): Generator<Variant> {
  const make: Make = (code, other, what) => ({
    kind: 'body',
    codes: [code],
    what,
    change: { body: typeof other === 'string' ? encodeUtf8(other) : other },
  });
  const text = decodeUtf8(body);
  if (text === undefined || text === '') {
    if (text === undefined) yield* ofBytes(body, make);
    return;
  }
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const json = jsonTexts(bare);
  yield make('body_byte_order_mark', bare === text ? `\ufeff${text}` : bare);
  for (const other of otherEnds(text)) yield make('body_trailing_newline', other);
  // Before other spellings of JSON: pretty-printed JSON with other line ends is one of those too.
  for (const other of otherLineEnds(text)) yield make('body_line_ends', other);
  for (const other of firstOf(json, likelySpellings)) yield make('body_reserialised', other);
  yield* unwrapped(bare, make);
  for (const other of formTexts(bare)) yield make('body_form_decoded', other);
  for (const other of formsOfJson(bare)) yield make('body_form_decoded', other, formWhat);
  const { payload } = provider;
  const fields = typeof payload === 'object' ? [payload.formField] : ['payload', 'data'];
  if (/^[[{]/.test(bare)) for (const other of formsAround(bare, fields)) yield make('body_form_field', other);
  yield* ofBytes(body, make);
  for (const other of json) yield make('body_reserialised', other);
}

/** Variants that work on bytes. */
function* ofBytes(body: Uint8Array, make: Make): Generator<Variant> {
  for (const repair of charsetRepairs) {
    const repaired = repair(body);
    if (repaired !== undefined) yield make('body_charset', repaired);
  }
  yield make('body_base64', encodeBase64(body), encodedWhat);
}

function* otherEnds(text: string): Generator<string> {
  const trimmed = text.replace(/[\r\n]{1,4}$/, '');
  if (trimmed !== text) yield trimmed;
  const bare = trimBlanks(text);
  if (bare !== text && bare !== trimmed) yield bare;
  yield `${text}\n`;
  yield `${text}\r\n`;
  if (trimmed !== text) yield `${trimmed}${text.endsWith('\r\n') ? '\n' : '\r\n'}`;
}

/** Trims JSON's whitespace. An expression would take quadratic time on a long run of blanks. */
function trimBlanks(text: string): string {
  const isBlank = (at: number) => ' \t\r\n'.includes(text.charAt(at));
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(from)) from++;
  while (to > from && isBlank(to - 1)) to--;
  return text.slice(from, to);
}

function* otherLineEnds(text: string): Generator<string> {
  if (!/[\r\n]/.test(text)) return;
  const unix = text.replace(/\r\n?/g, '\n');
  for (const other of [unix, unix.replaceAll('\n', '\r\n'), unix.replaceAll('\n', '\r'), unix.replaceAll('\n', '')]) {
    if (other !== text) yield other;
  }
}

/** Bodies that were wrapped in something else. */
function* unwrapped(text: string, make: Make): Generator<Variant> {
  const trimmed = trimBlanks(text);
  if (/^[A-Za-z0-9+/_-]{4,}={0,2}$/.test(trimmed)) {
    const padded = trimmed + '='.repeat((4 - (trimmed.length % 4)) % 4);
    const bytes = decodeBase64(padded) ?? decodeBase64Url(trimmed.replace(/=+$/, ''));
    if (bytes !== undefined)
      yield make('body_base64', bytes, 'The body was given in base64, and its bytes are signed.');
    const hex = decodeHex(trimmed);
    if (hex !== undefined) yield make('body_stringified', hex, 'The body was given as hexadecimal text.');
  }
  if (/%[0-9A-Fa-f]{2}/.test(trimmed)) {
    for (const other of [decodePercent(trimmed), decodePercent(trimmed.replaceAll('+', ' '))]) {
      if (other !== undefined && other !== text) yield make('body_form_decoded', other, percentWhat);
    }
  }
  if (trimmed.startsWith('"')) {
    const inner = parse(trimmed);
    if (typeof inner === 'string') yield make('body_quoted', inner);
  }
  if (/^\{\s*"type"\s*:\s*"Buffer"/.test(trimmed)) {
    const { data } = (parse(trimmed) ?? {}) as { data?: unknown };
    if (Array.isArray(data)) yield make('body_stringified', Uint8Array.from(data as number[]));
  }
  if (/^\d{1,3}(?:,\d{1,3})+$/.test(trimmed))
    yield make('body_stringified', Uint8Array.from(trimmed.split(','), Number));
  const python = /^b(['"])(.*)\1$/s.exec(trimmed)?.[2];
  if (python !== undefined) yield make('body_stringified', python.replace(/\\(['\\])/g, '$1'));
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function* firstOf<Item>(items: Generator<Item>, count: number): Generator<Item> {
  for (let left = count; left > 0; left--) {
    const { value, done } = items.next();
    if (done === true) return;
    yield value;
  }
}
