/** Parses form bodies and queries: names and values in their order, up to a maximum number. */

import { decodeUtf8, encodeUtf8 } from '../encoding.ts';
import { WebhookError } from '../errors.ts';

/** Maximum number of fields of a form or query. */
export const maxFields = 1000;

/**
 * The fields of an application/x-www-form-urlencoded body in their order; undefined if it is not strict UTF-8 or has more than 1,000
 * fields.
 *
 * A byte order mark stays in the name of the first field, as in every other reading of the same bytes.
 */
export function parseForm(body: Uint8Array): URLSearchParams | undefined {
  const text = decodeUtf8(body);
  return text === undefined ? undefined : parseFields(text);
}

/** The query of a request target or URL, without its question mark and fragment; undefined if there is none. */
export function queryOf(url: string): string | undefined {
  const from = url.indexOf('?');
  return from < 0 ? undefined : (url.slice(from + 1).split('#', 1)[0] as string);
}

/** Every value of a query parameter; none for a query with more than 1,000 parameters. */
export function queryValues(url: string, name: string): readonly string[] {
  return parseFields(queryOf(url) ?? '')?.getAll(name) ?? [];
}

/** Parses text as a form; undefined for more than 1,000 fields. */
export function parseFields(text: string): URLSearchParams | undefined {
  let count = 1;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    if (++count > maxFields) return undefined;
  }
  return new URLSearchParams(text);
}

/**
 * The values of each name, in the order in which names first appear. In one pass: a pass per name would take quadratic time, and this runs
 * before anything is verified.
 */
export function groupFields(fields: Iterable<readonly [string, string]>): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of fields) {
    const values = groups.get(name);
    if (values === undefined) groups.set(name, [value]);
    else values.push(value);
  }
  return groups;
}

/** Fields as a record; a repeated field becomes an array. */
export function recordOf(fields: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...groupFields(fields)].map(([name, values]) => [name, values.length === 1 ? (values[0] as string) : [...values]]),
  );
}

/** True if a body is a form whose first field has a name. */
export function startsWithField(body: Uint8Array, name: string): boolean {
  const start = encodeUtf8(`${name}=`);
  return body.length >= start.length && start.every((byte, at) => body[at] === byte);
}

/** @throws header_malformed */
export function requireForm(body: Uint8Array): URLSearchParams {
  const form = parseForm(body);
  if (form !== undefined) return form;
  throw new WebhookError('header_malformed', {
    at: 'form body',
    hint: 'Expected a form in strict UTF-8 with at most 1,000 fields.',
  });
}

/** The only value of a form's field; with a second one, it would be unclear which counts. @throws header_missing, header_repeated */
export function fieldOf(body: Uint8Array, name: string): string {
  const values = requireForm(body).getAll(name);
  const at = `form ${name}`;
  if (values.length > 1) throw new WebhookError('header_repeated', { at });
  const [value] = values;
  if (value === undefined) throw new WebhookError('header_missing', { at });
  return value;
}
