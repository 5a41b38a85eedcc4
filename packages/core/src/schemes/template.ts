/** Puts the signed text together from a delivery, as a list of parts that a scheme's description names. */

import { crypto } from '#crypto';
import type { Chunk, HashName } from '../crypto/hmac.ts';
import { type Delivery, parseForm, parseJson } from '../delivery.ts';
import { decodeHex, encodeBase64, encodeHex, isPrintableAscii } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import { requireHeader } from '../header-fields.ts';
import { textOf, valueAt } from '../value-path.ts';

/**
 * One part of the signed text.
 *
 * `body`: the received bytes. `timestamp`, `id`, `nonce`: the text at the place the description names, as received.
 * `url`: the public URL. `method`: in upper case. `sorted_form`: each field of a form body as name and value without
 * anything between, sorted by name, a repeated name once for each of its distinct sorted values.
 */
export type SignedPart =
  | 'body'
  | 'timestamp'
  | 'id'
  | 'nonce'
  | 'url'
  | 'method'
  | 'sorted_form'
  | { readonly text: string }
  | { readonly header: string }
  /** The value at a path of the JSON body; without `otherwise` it has to be there. */
  | { readonly json: string; readonly otherwise?: string }
  /** A field of a form body; `isPayload` where it holds the whole event, so that the body counts as signed. */
  | { readonly form: string; readonly isPayload?: boolean }
  /**
   * `sorted_form`; or nothing, where the query has a parameter with the digest of the body in hex, which is then checked:
   * the signed URL binds it.
   */
  | { readonly sortedFormOrQueryDigest: { readonly query: string; readonly hash: HashName } }
  /** The digest of the received body, as text. */
  | { readonly bodyDigest: HashName; readonly encoding: 'hex' | 'base64' }
  /** A text that one sender alone makes; `name` says what it is, `covers` what of the delivery it binds. */
  | {
      readonly name: string;
      readonly covers: readonly ('body' | 'id' | 'timestamp' | 'url')[];
      /** Headers that take part, with the values that most deliveries have; for signers, never for the verifier. */
      readonly sends?: Readonly<Record<string, string>>;
      /** @throws WebhookError for a delivery of which the text cannot be made */
      readonly compute: (delivery: Delivery, url: () => string) => Chunk | Promise<Chunk>;
    };

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
  return parts.some(
    (part) =>
      typeof part === 'object' && ('bodyDigest' in part || 'compute' in part || 'sortedFormOrQueryDigest' in part),
  );
}

/** Prepares a list of parts. @throws options_invalid when the list cannot be signed without ambiguity */
export function createTemplate(parts: readonly SignedPart[], timestampDigits: number | undefined): Template {
  if (parts.length === 0) throw new WebhookError('options_invalid', { at: 'scheme.signs', hint: 'It names no part.' });
  // The two shapes that nearly every sender uses.
  if (parts.length === 1 && parts[0] === 'body') return (delivery) => [delivery.body];
  const steps = parts.map((part, index) => createStep(part, parts[index - 1], parts[index + 1], timestampDigits));
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

type Step = (delivery: Delivery, values: SignedValues) => Chunk | Promise<Chunk>;

function createStep(
  part: SignedPart,
  before: SignedPart | undefined,
  next: SignedPart | undefined,
  timestampDigits: number | undefined,
): Step {
  if (isText(part)) {
    const { text } = part;
    return () => text;
  }
  if (part === 'body') return (delivery) => delivery.body;
  if (part === 'url') return (_, values) => values.url();
  if (part === 'method') return (delivery) => (delivery.method ?? 'POST').toUpperCase();
  if (part === 'sorted_form') return sortedForm;
  if (typeof part === 'object' && 'compute' in part) return (delivery, values) => part.compute(delivery, values.url);
  if (typeof part === 'object' && 'bodyDigest' in part) return digestOfBody(part.bodyDigest, part.encoding);
  if (typeof part === 'object' && 'sortedFormOrQueryDigest' in part) return formOrDigest(part.sortedFormOrQueryDigest);
  if (typeof part === 'object' && !('header' in part)) return insideBody(part);

  const read = headText(part);
  const delimiter = isText(next) ? next.text : undefined;
  // Without a delimiter only a fixed width keeps digits from moving over to the neighbour.
  const hasBareNeighbour = (before !== undefined && !isText(before)) || (next !== undefined && !isText(next));
  const width = part === 'timestamp' && hasBareNeighbour ? timestampDigits : undefined;
  return (delivery, values) => {
    const { value, at } = read(delivery, values);
    if (!isPrintableAscii(value)) throw new WebhookError('header_malformed', { at });
    // A delimiter inside a value would let one signed text be split in two ways.
    if (delimiter !== undefined && value.includes(delimiter)) {
      throw new WebhookError('header_malformed', { at, hint: 'It contains the character that ends it.' });
    }
    if (width !== undefined && value.length !== width) throw new WebhookError('timestamp_malformed', { at });
    return value;
  };
}

function isText(part: SignedPart | undefined): part is { readonly text: string } {
  return typeof part === 'object' && 'text' in part;
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
    const { url = '' } = delivery;
    const from = url.indexOf('?');
    const given = from < 0 ? [] : new URLSearchParams(url.slice(from + 1).split('#', 1)[0]).getAll(query);
    if (given.length === 0) return sortedForm(delivery);
    const bytes = given.length === 1 ? decodeHex(given[0] as string) : undefined;
    const check = (digest: Uint8Array) => {
      if (bytes !== undefined && crypto.equalBytes(bytes, digest)) return '';
      throw new WebhookError('signature_mismatch', { at: `query ${query}`, hint: 'The body has another digest.' });
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

function insideBody(part: { readonly json: string; readonly otherwise?: string } | { readonly form: string }): Step {
  if ('json' in part) {
    return (delivery, { root }) => {
      const found = valueAt(root ?? parseJson(delivery.body), part.json);
      const value = typeof found === 'boolean' ? String(found) : (textOf(found) ?? part.otherwise);
      if (value === undefined) throw new WebhookError('header_missing', { at: `body ${part.json}` });
      return value;
    };
  }
  return (delivery) => {
    const value = parseForm(delivery.body)?.get(part.form);
    if (value === undefined || value === null) throw new WebhookError('header_missing', { at: `form ${part.form}` });
    return value;
  };
}

function sortedForm(delivery: Delivery): string {
  const form = parseForm(delivery.body);
  if (form === undefined) throw new WebhookError('header_malformed', { at: 'form body' });
  let text = '';
  for (const name of [...new Set(form.keys())].sort()) {
    for (const value of [...new Set(form.getAll(name))].sort()) text += name + value;
  }
  return text;
}
