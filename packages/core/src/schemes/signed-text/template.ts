/** Builds the signed text of a delivery from the parts that a scheme's description lists. */

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

/** The values of one delivery that its parts may need. */
export interface SignedValues {
  readonly timestamp: string | undefined;
  readonly id: string | undefined;
  readonly nonce: string | undefined;
  /** Only read if the description has the part `url`. */
  readonly url: () => string;
  /** The parsed body or one of its events, if it is already parsed. */
  readonly root?: unknown;
}

/** Builds the signed text of one delivery. @throws header_missing, header_malformed */
export type Template = (delivery: Delivery, values: SignedValues) => readonly (Chunk | Promise<Chunk>)[];

/** The error for the author of a preset; everyone else gets all features. */
export const missingFeature = 'It was not given the code for what it names: bodyValues, computedText or signedUrl.';

/** Reads parts of a described delivery other than its headers, its fixed texts and the unchanged body. */
export interface SchemeFeature {
  /** The step for a part; undefined for a part of another feature. */
  readonly step?: (part: SignedPart, bounds: Bounds) => Step | undefined;
  /** The body, parsed once for everything that is read from it. */
  readonly parse?: (body: Uint8Array) => unknown;
  /** The text at a place in the body; undefined if there is none. @throws header_repeated */
  readonly textInBody?: (source: SignatureLocation, body: Uint8Array, root: unknown) => string | undefined;
  /** The individually signed bodies. @throws header_missing, header_malformed */
  readonly elementsAt?: (body: Uint8Array, path: string) => readonly unknown[];
  /** Reads the payload if it is the signed part of the body instead of the whole body. */
  readonly payloadOf?: (
    signs: readonly SignedPart[],
  ) => ((delivery: Delivery, values: SignedValues) => unknown) | undefined;
  readonly url?: UrlFeature;
  /** The keys of certificates that deliveries name. */
  readonly certificateKeys?: (source: CertificateSource, algorithm: SignatureAlgorithm) => MatcherSource;
}

/** The sources of a signed URL. */
export interface UrlFeature {
  /** @throws options_invalid */
  createReader(options: UrlOptions): (head: DeliveryHead) => string;
  spellingsOf(url: string, forms: readonly UrlForm[]): readonly string[];
  /** A URL for a message, without parts that may be secret. */
  shown(url: string): string;
}

/** True if a text may only be available later, since a runtime's digests may be asynchronous. */
export function isSettledLater(parts: readonly SignedPart[]): boolean {
  return parts.some((part) => typeof part === 'object' && ('bodyDigest' in part || 'sortedFormOrQueryDigest' in part));
}

/**
 * Prepares a list of parts.
 *
 * @param unit of the part `timestamp`
 * @param ambiguous whether the text may be one that can be read in several ways
 * @throws options_invalid if signing the list would be ambiguous
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
  // The form that most senders use.
  if (parts.length === 1 && parts[0] === 'body') return (delivery) => [delivery.body];
  const bounds = boundParts(parts, unit, ambiguous);
  const steps = parts.map((part, index) => createStep(part, bounds[index] ?? {}, features));
  return (delivery, values) => {
    let chunks: readonly (Chunk | Promise<Chunk>)[] = [];
    let text = '';
    for (const step of steps) {
      const piece = step(delivery, values);
      if (typeof piece === 'string') {
        text += piece;
      } else {
        // Without room to grow: most texts are one piece of text and the body.
        chunks = text === '' ? [...chunks, piece] : chunks.length === 0 ? [text, piece] : [...chunks, text, piece];
        text = '';
      }
    }
    return text === '' ? chunks : [...chunks, text];
  };
}

/** Reads parts one by one, for code that has to keep them apart. */
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

/** @throws method_unsupported for a method that is not made of letters */
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
