/** Puts the signed text together from a delivery, as a list of parts that a scheme's description names. */

import { crypto } from '#crypto';
import type { Chunk, HashName } from '../../crypto/hmac.ts';
import { parseJson } from '../../delivery/body.ts';
import type { Delivery } from '../../delivery/delivery.ts';
import { fieldOf, groupFields, queryValues, requireForm, startsWithField } from '../../delivery/form-fields.ts';
import { requireHeader } from '../../delivery/header-fields.ts';
import { textOf, valueAt } from '../../delivery/value-path.ts';
import { decodeHex, encodeBase64, encodeHex, isPrintableAscii } from '../../encoding.ts';
import { WebhookError } from '../../errors.ts';
import type { TimestampUnit } from '../replay-window.ts';
import { type Bounds, boundParts, isToldApart, joinPairs, requireBounds, requireWellFormed } from './canonical-text.ts';
import type { SignedPart } from './signed-part.ts';

/** The values of one delivery that its parts may ask for. */
export interface SignedValues {
  readonly timestamp: string | undefined;
  readonly id: string | undefined;
  readonly nonce: string | undefined;
  /** Asked for only when the description has the part `url`. */
  readonly url: () => string;
  /** The parsed body or one of its events, where it was parsed already. */
  readonly root?: unknown;
}

/** Puts the signed text of one delivery together. @throws header_missing, header_malformed */
export type Template = (delivery: Delivery, values: SignedValues) => readonly (Chunk | Promise<Chunk>)[];

/** Whether a text can only be had later, since a runtime's digests may be asynchronous. */
export function isSettledLater(parts: readonly SignedPart[]): boolean {
  return parts.some((part) => typeof part === 'object' && ('bodyDigest' in part || 'sortedFormOrQueryDigest' in part));
}

/**
 * Prepares a list of parts.
 *
 * @param unit of the part `timestamp`
 * @param ambiguous whether the text may be one that can be read in several ways
 * @throws options_invalid when the list cannot be signed without ambiguity
 */
export function createTemplate(
  parts: readonly SignedPart[],
  unit: TimestampUnit | undefined,
  ambiguous = false,
): Template {
  if (parts.length === 0) throw new WebhookError('options_invalid', { at: 'scheme.signs', hint: 'It names no part.' });
  if (parts.some((part) => typeof part === 'object' && 'text' in part && part.text === ''))
    throw new WebhookError('options_invalid', { at: 'scheme.signs', hint: 'A fixed text is empty.' });
  // The shape that most senders use.
  if (parts.length === 1 && parts[0] === 'body') return (delivery) => [delivery.body];
  const bounds = boundParts(parts, unit, ambiguous);
  const steps = parts.map((part, index) => createStep(part, bounds[index] ?? {}));
  return (delivery, values) => {
    const chunks: (Chunk | Promise<Chunk>)[] = [];
    let text = '';
    for (const step of steps) {
      const piece = step(delivery, values);
      if (typeof piece === 'string') {
        text += piece;
      } else {
        if (text !== '') chunks.push(text);
        chunks.push(piece);
        text = '';
      }
    }
    if (text !== '') chunks.push(text);
    return chunks;
  };
}

/** Reads parts one by one, for what has to keep them apart. */
export function createParts(parts: readonly SignedPart[]): Template {
  const steps = parts.map((part) => createStep(part, {}));
  return (delivery, values) => steps.map((step) => step(delivery, values));
}

type Step = (delivery: Delivery, values: SignedValues) => Chunk | Promise<Chunk>;

function createStep(part: SignedPart, bounds: Bounds): Step {
  if (typeof part === 'object' && 'text' in part) {
    const { text } = part;
    return () => text;
  }
  if (part === 'body') return (delivery) => delivery.body;
  if (part === 'url') return urlStep(bounds);
  if (part === 'method') return methodOf;
  if (part === 'sorted_form') return sortedForm;
  if (typeof part === 'object' && 'bodyDigest' in part) return digestOfBody(part.bodyDigest, part.encoding);
  if (typeof part === 'object' && 'sortedFormOrQueryDigest' in part) return formOrDigest(part.sortedFormOrQueryDigest);
  if (typeof part === 'object' && 'compute' in part) {
    return (delivery, values) => {
      const pairs = part.compute(delivery, values.url);
      // What ends by itself has a known number of pairs, none of which may hold anything.
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
  }
  if (typeof part === 'object' && !('header' in part)) {
    const read = insideBody(part);
    return (delivery, values) => {
      const value = read(delivery, values);
      if (typeof value === 'string') requireWellFormed(value, 'signed text');
      if (typeof value === 'string')
        requireBounds(value, bounds, 'json' in part ? `body ${part.json}` : `form ${part.form}`);
      return value;
    };
  }
  const read = headText(part);
  return (delivery, values) => {
    const { value, at } = read(delivery, values);
    if (!isPrintableAscii(value)) throw new WebhookError('header_malformed', { at });
    requireBounds(value, bounds, at);
    return value;
  };
}

function urlStep(bounds: Bounds): Step {
  const { body: side } = bounds;
  return (delivery, values) => {
    const url = values.url();
    requireBounds(url, bounds, 'url');
    if (side !== undefined && !isToldApart(url, delivery.body, side)) {
      throw new WebhookError('header_malformed', {
        at: 'url',
        hint: 'The sender signs URL and body without anything between them, so the body has to be a JSON object or array without anything around it, and its bracket must not be in the URL.',
      });
    }
    return url;
  };
}

/** @throws method_unsupported for one that is not written in letters */
function methodOf({ method = 'POST' }: Delivery): string {
  const name = method.toUpperCase();
  if (!/^[A-Z]+$/.test(name)) throw new WebhookError('method_unsupported');
  return name;
}

function headText(part: 'timestamp' | 'id' | 'nonce' | { readonly header: string }) {
  if (typeof part === 'object') {
    const name = part.header.toLowerCase();
    return (delivery: Delivery) => ({ value: requireHeader(delivery.headers, name), at: name });
  }
  return (_: Delivery, values: SignedValues) => {
    const value = values[part];
    if (value === undefined) throw new WebhookError('header_missing', { at: part });
    return { value, at: part };
  };
}

function formOrDigest({ query, hash }: { readonly query: string; readonly hash: HashName }): Step {
  return (delivery) => {
    const given = queryValues(delivery.url ?? '', query);
    if (given.length === 0) return sortedForm(delivery);
    const at = `query ${query}`;
    if (given.length > 1) {
      throw new WebhookError('header_repeated', {
        at,
        hint: 'The URL has it twice. Remove it from the URL you registered.',
      });
    }
    const bytes = decodeHex(given[0] as string);
    const check = (digest: Uint8Array) => {
      if (bytes !== undefined && crypto.equalBytes(bytes, digest)) return '';
      throw new WebhookError('signature_mismatch', { at, hint: 'The body has another digest.' });
    };
    const digest = crypto.digest(hash, [delivery.body]);
    return digest instanceof Promise ? digest.then(check) : check(digest);
  };
}

function digestOfBody(hash: HashName, encoding: 'hex' | 'base64'): Step {
  const write = encoding === 'hex' ? encodeHex : encodeBase64;
  return ({ body }) => {
    const digest = crypto.digest(hash, [body]);
    return digest instanceof Promise ? digest.then(write) : write(digest);
  };
}

function insideBody(
  part: Extract<SignedPart, { readonly json: string } | { readonly form: string }>,
): (delivery: Delivery, values: SignedValues) => Chunk {
  if ('json' in part) {
    return (delivery, { root }) => {
      const found = valueAt(root ?? parseJson(delivery.body), part.json);
      const value = typeof found === 'boolean' ? String(found) : (textOf(found) ?? part.otherwise);
      if (value === undefined) throw new WebhookError('header_missing', { at: `body ${part.json}` });
      return value;
    };
  }
  const { form, orBody = false, minLength = 0 } = part;
  const at = `form ${form}`;
  return ({ body }) => {
    if (orBody && !startsWithField(body, form)) return body;
    const value = fieldOf(body, form);
    if (value.length < minLength) throw new WebhookError('header_malformed', { at, hint: 'It is too short.' });
    return value;
  };
}

function sortedForm(delivery: Delivery): string {
  const groups = groupFields(requireForm(delivery.body));
  let text = '';
  for (const name of [...groups.keys()].sort()) {
    for (const value of [...new Set(groups.get(name))].sort()) text += name + value;
  }
  return text;
}
