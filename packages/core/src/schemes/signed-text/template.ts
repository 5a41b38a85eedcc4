/** Builds the signed text of a delivery from the parts that a scheme's description lists. */

import type { Chunk, HashName, MacKey } from '../../crypto/hmac.ts';
import type { SignatureAlgorithm } from '../../crypto/signature-algorithm.ts';
import type { Delivery, DeliveryHead } from '../../delivery/delivery.ts';
import { requireHeader } from '../../delivery/header-fields.ts';
import type { UrlForm, UrlOptions } from '../../delivery/public-url.ts';
import { isPrintableAscii } from '../../encoding.ts';
import { WebhookError } from '../../errors.ts';
import type { CertificateSource } from '../../keys/certificate-keys.ts';
import type { MatcherSource, NamedMatcher } from '../../keys/matcher.ts';
import { optionError } from '../../options/option-values.ts';
import type { TimestampUnit } from '../replay-window.ts';
import type { Proof } from '../scheme.ts';
import { type Bounds, boundByTexts, requireBounds, textOfPart } from './bounds.ts';
import type { SignatureDescription, SignatureLocation } from './description.ts';
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
export const missingFeature = 'Missing feature: bodyValues, composedText, computedText, plainHash or signedUrl.';

/** The signatures of a delivery: the candidates and the values that the template needs. */
export interface SignatureReading {
  readonly candidates: readonly Uint8Array[];
  readonly values: SignedValues;
  /** Milliseconds since 1970; undefined if no timestamp is signed. */
  readonly signedAt: number | undefined;
}

/**
 * Adds values in the body to those in the head.
 *
 * @param root the parsed body, or the event whose signature is read; parsed here if needed
 * @throws WebhookError
 */
export type CompleteReading = (body: Uint8Array, root?: unknown) => SignatureReading;

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
  readonly composed?: ComposedFeature;
  /** The key of a plain hash of the secret and the text. */
  readonly makePlainKey?: (hash: HashName, secret: Uint8Array) => MacKey;
  /** The keys of certificates that deliveries name. */
  readonly certificateKeys?: (source: CertificateSource, algorithm: SignatureAlgorithm) => MatcherSource;
}

/** The sources of a signed URL. */
export interface UrlFeature {
  /** @throws options_invalid */
  createReader(options: UrlOptions): (head: DeliveryHead) => string;
  spellingsOf(url: string, forms: readonly UrlForm[]): readonly string[];
  /** The fix if no signature matches: the URLs that were tried. */
  mismatchHint(url: string, forms: readonly UrlForm[]): string;
}

/** The code for texts that are more than the body with fixed texts between it and other values. */
export interface ComposedFeature {
  /** @throws options_invalid for parts that can run into each other */
  boundsOf(parts: readonly SignedPart[], unit: TimestampUnit | undefined, ambiguous: boolean): readonly Bounds[];
  /** The data that identifies an event if its body is not signed as a whole. */
  contentsOf(description: SignatureDescription, features: readonly SchemeFeature[]): SignedContents;
  /** True if a text has several spellings, or is only available later. */
  isSettledLater(description: SignatureDescription): boolean;
  /** Verifies each spelling of a text. @throws signature_mismatch */
  compareSpellings(
    verifier: TextVerifier,
    keys: readonly NamedMatcher[],
    delivery: Delivery,
    reading: SignatureReading,
  ): Promise<Proof>;
  /** Verifies the events of a body one by one. @throws WebhookError */
  compareElements(
    verifier: TextVerifier,
    delivery: Delivery,
    now: number,
    path: string,
    complete: CompleteReading,
  ): Promise<Proof>;
}

/** The signed data that identifies an event. */
export interface SignedContents {
  readonly content: Template | undefined;
  readonly strict: Template | undefined;
  join(chunks: readonly Chunk[]): Uint8Array;
}

/** The verification of one text, for those that verify several. */
export interface TextVerifier {
  readonly description: SignatureDescription;
  readonly features: readonly SchemeFeature[];
  readonly template: Template;
  readonly contents: SignedContents | undefined;
  readonly url: UrlFeature | undefined;
  findKeys: MatcherSource;
  compareText(
    keys: readonly NamedMatcher[],
    chunks: readonly Chunk[],
    candidates: readonly Uint8Array[],
  ): NamedMatcher | undefined | Promise<NamedMatcher | undefined>;
  compare(keys: readonly NamedMatcher[], delivery: Delivery, reading: SignatureReading): Proof | Promise<Proof>;
  prove(
    matched: NamedMatcher,
    delivery: Delivery,
    reading: SignatureReading,
    url: string | undefined,
    content: readonly Chunk[] | undefined,
    strict: readonly Chunk[] | undefined,
  ): Proof;
  mismatch(delivery: Delivery): WebhookError;
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
  // The form that most senders use.
  if (parts.length === 1 && parts[0] === 'body') return (delivery) => [delivery.body];
  const composed = findComposed(features);
  const bounds = composed === undefined ? boundByTexts(parts, unit) : composed.boundsOf(parts, unit, ambiguous);
  if (bounds === undefined) throw optionError('scheme.signs', missingFeature);
  const steps = parts.map((part, index) => textOfPart(part) ?? createStep(part, bounds[index] ?? {}, features));
  return (delivery, values) => {
    let chunks: readonly (Chunk | Promise<Chunk>)[] = [];
    let text = '';
    for (const step of steps) {
      const piece = typeof step === 'string' ? step : step(delivery, values);
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

export function findComposed(features: readonly SchemeFeature[]): ComposedFeature | undefined {
  return features.find(({ composed }) => composed !== undefined)?.composed;
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
  if (part === 'timestamp' || part === 'id' || part === 'nonce' || (typeof part === 'object' && 'header' in part)) {
    const at = typeof part === 'object' ? part.header.toLowerCase() : part;
    return (delivery, values) => {
      const value = typeof part === 'object' ? requireHeader(delivery.headers, at) : values[part];
      if (value === undefined) throw new WebhookError('header_missing', { at });
      if (!isPrintableAscii(value)) throw new WebhookError('header_malformed', { at });
      requireBounds(value, bounds, at);
      return value;
    };
  }
  for (const { step } of features) {
    const found = step?.(part, bounds);
    if (found !== undefined) return found;
  }
  throw optionError('scheme.signs', missingFeature);
}
