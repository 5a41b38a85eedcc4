/** Puts the signed text together from a delivery, as a list of parts that a scheme's description names. */

import type { Chunk } from '../../crypto/hmac.ts';
import type { SignatureAlgorithm } from '../../crypto/signature-algorithm.ts';
import type { Delivery, DeliveryHead } from '../../delivery/delivery.ts';
import { requireHeader } from '../../delivery/header-fields.ts';
import type { UrlForm, UrlOptions } from '../../delivery/public-url.ts';
import { isPrintableAscii } from '../../encoding.ts';
import { WebhookError } from '../../errors.ts';
import type { CertificateSource } from '../../keys/certificate-keys.ts';
import type { MatcherSource } from '../../keys/matcher.ts';
import type { TimestampUnit } from '../replay-window.ts';
import { type Bounds, boundParts, requireBounds } from './bounds.ts';
import type { SignatureLocation } from './description.ts';
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

/** What is said to the author of a preset; all others are given every feature. */
export const missingFeature = 'It was not given the code for what it names: bodyValues, computedText or signedUrl.';

/** Reads of a described delivery what stands beyond its headers, its fixed texts and the body as it is. */
export interface SchemeFeature {
  /** The step for a part; undefined for a part of another feature. */
  readonly step?: (part: SignedPart, bounds: Bounds) => Step | undefined;
  /** The body as far as it is parsed to be read from, once for all that is read of it. */
  readonly parse?: (body: Uint8Array) => unknown;
  /** The text at a place in the body; undefined where nothing stands there. @throws header_repeated */
  readonly textInBody?: (source: SignatureLocation, body: Uint8Array, root: unknown) => string | undefined;
  /** The bodies that are signed one by one. @throws header_missing, header_malformed */
  readonly elementsAt?: (body: Uint8Array, path: string) => readonly unknown[];
  /** What reads the payload where it is not the body but what is signed of it. */
  readonly payloadOf?: (
    signs: readonly SignedPart[],
  ) => ((delivery: Delivery, values: SignedValues) => unknown) | undefined;
  readonly url?: UrlFeature;
  /** The keys of certificates that deliveries name. */
  readonly certificateKeys?: (source: CertificateSource, algorithm: SignatureAlgorithm) => MatcherSource;
}

/** How a signed URL is known. */
export interface UrlFeature {
  /** @throws options_invalid */
  createReader(options: UrlOptions): (head: DeliveryHead) => string;
  spellingsOf(url: string, forms: readonly UrlForm[]): readonly string[];
  /** What a URL is called in a message, without what may be secret. */
  shown(url: string): string;
}

/** True if a text can only be had later, since a runtime's digests may be asynchronous. */
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
  ambiguous: boolean,
  features: readonly SchemeFeature[],
): Template {
  if (parts.length === 0) throw new WebhookError('options_invalid', { at: 'scheme.signs', hint: 'It names no part.' });
  if (parts.some((part) => typeof part === 'object' && 'text' in part && part.text === ''))
    throw new WebhookError('options_invalid', { at: 'scheme.signs', hint: 'A fixed text is empty.' });
  // The shape that most senders use.
  if (parts.length === 1 && parts[0] === 'body') return (delivery) => [delivery.body];
  const bounds = boundParts(parts, unit, ambiguous);
  const steps = parts.map((part, index) => createStep(part, bounds[index] ?? {}, features));
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
export function createParts(parts: readonly SignedPart[], features: readonly SchemeFeature[]): Template {
  const steps = parts.map((part) => createStep(part, {}, features));
  return (delivery, values) => steps.map((step) => step(delivery, values));
}

export type Step = (delivery: Delivery, values: SignedValues) => Chunk | Promise<Chunk>;

function createStep(part: SignedPart, bounds: Bounds, features: readonly SchemeFeature[]): Step {
  if (typeof part === 'object' && 'text' in part) {
    const { text } = part;
    return () => text;
  }
  if (part === 'body') return (delivery) => delivery.body;
  if (part === 'method') return methodOf;
  if (part === 'timestamp' || part === 'id' || part === 'nonce' || (typeof part === 'object' && 'header' in part)) {
    const read = headText(part);
    return (delivery, values) => {
      const { value, at } = read(delivery, values);
      if (!isPrintableAscii(value)) throw new WebhookError('header_malformed', { at });
      requireBounds(value, bounds, at);
      return value;
    };
  }
  for (const { step } of features) {
    const found = step?.(part, bounds);
    if (found !== undefined) return found;
  }
  throw new WebhookError('options_invalid', { at: 'scheme.signs', hint: missingFeature });
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
