/** Reads the signatures, timestamp and id of a described delivery, before anything is computed. */

import type { DeliveryHead } from '../../delivery/delivery.ts';
import { eachItem, findHeader, maxCandidates, requireHeader } from '../../delivery/header-fields.ts';
import { decodeBetween } from '../../encoding.ts';
import { WebhookError } from '../../errors.ts';
import { checkReplayWindow, parseTimestamp } from '../replay-window.ts';
import type { SchemeOptions } from '../scheme.ts';
import type { SignedParts } from '../signed-parts.ts';
import {
  grammarOf,
  isSamePlace,
  placeOf,
  type SignatureDescription,
  type SignatureSource,
  sourcesOf,
  type TimestampSource,
} from './description.ts';
import { type CompleteReading, missingFeature, type SchemeFeature } from './template.ts';

/** The required form of a decoded signature. */
export interface SignatureForm {
  /** Its name in errors: `SHA-256`. */
  readonly name: string;
  isLength(bytes: number): boolean;
}

/** Prepares the reading of a described delivery: first its head, then the rest. Nothing is read twice. */
export function createReader(
  description: SignatureDescription,
  signed: SignedParts,
  options: SchemeOptions,
  form: SignatureForm,
  features: readonly SchemeFeature[],
  urlOf: (head: DeliveryHead) => string,
): (head: DeliveryHead, now: number) => CompleteReading {
  const sources = sourcesOf(description);
  const { timestamp } = description;
  // Lower-case names are made once: for a short body this is measurable.
  const places = sources.map((source) => ({ source, at: placeOf(source) }));
  const headPlaces = places.filter(({ source }) => 'header' in source);
  const bodyPlaces = places.filter(({ source }) => !('header' in source));
  const isTimed = timestamp !== undefined && signed.timestamp;
  const isTimeInBody = isTimed && !('header' in timestamp);
  const timestampPlace = timestamp === undefined ? '' : placeOf(timestamp);
  const guards = Object.entries(description.guards ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const signedHeaders = description.signs
    .filter((part) => typeof part === 'object' && 'header' in part)
    .map(({ header }) => header.toLowerCase());
  const idName = description.id?.header.toLowerCase();
  const nonceName = description.nonce?.header.toLowerCase();
  const [only] = sources;
  const readsJson = [...sources, timestamp, ...description.signs].some(
    (source) => typeof source === 'object' && 'json' in source,
  );
  // `t=...,v1=...` has both in one header: read and split it once.
  const isShared =
    sources.length === 1 && only?.key !== undefined && timestamp?.key !== undefined && isSamePlace(only, timestamp);
  const sharedKey = isShared ? timestamp.key : undefined;

  const inBody = features.find(({ textInBody }) => textInBody !== undefined);
  if (inBody === undefined && (bodyPlaces.length > 0 || isTimeInBody || readsJson || description.each !== undefined)) {
    throw new WebhookError('options_invalid', { at: 'scheme', hint: missingFeature });
  }

  const requireTime = (text: string | undefined, now: number): number => {
    const { unit } = timestamp as TimestampSource;
    const at = timestampPlace;
    if (text === undefined) throw new WebhookError(isShared ? 'header_malformed' : 'header_missing', { at });
    const signedAt = parseTimestamp(text, unit, at);
    if (!options.ignoreTimestamp) checkReplayWindow(signedAt, now, options.toleranceSeconds, unit, at);
    return signedAt;
  };

  return (head, now) => {
    for (const [name, value] of guards) {
      if (requireHeader(head.headers, name) !== value) {
        throw new WebhookError('header_malformed', {
          at: name,
          hint: 'It does not hold the value this scheme prescribes.',
        });
      }
    }
    for (const name of signedHeaders) requireHeader(head.headers, name);
    const found: Found = { candidates: [], timestampText: undefined, refusal: undefined, missing: undefined };
    for (const { source, at } of headPlaces) collect(source, at, findHeader(head.headers, at), form, found, sharedKey);
    requireCandidate(found, bodyPlaces.length > 0);
    let signedAt: number | undefined;
    if (isTimed && !isTimeInBody) {
      if (!isShared) found.timestampText = readTimestamp(timestamp, findHeader(head.headers, timestampPlace));
      signedAt = requireTime(found.timestampText, now);
    }
    const id = idName === undefined ? undefined : requireHeader(head.headers, idName);
    const nonce = nonceName === undefined ? undefined : requireHeader(head.headers, nonceName);
    const url = () => urlOf(head);

    return (body, given) => {
      // Parsed once for everything that is read from it.
      const root = given ?? (readsJson ? inBody?.parse?.(body) : undefined);
      let all = found;
      if (bodyPlaces.length > 0) {
        // Separate from the head's own: each event of a batch may have its own signatures.
        all = { ...found, candidates: [...found.candidates] };
        for (const { source, at } of bodyPlaces)
          collect(source, at, inBody?.textInBody?.(source, body, root), form, all, sharedKey);
        requireCandidate(all, false);
      }
      if (isTimeInBody) {
        if (!isShared) all.timestampText = readTimestamp(timestamp, inBody?.textInBody?.(timestamp, body, root));
        signedAt = requireTime(all.timestampText, now);
      }
      return { candidates: all.candidates, signedAt, values: { timestamp: all.timestampText, id, nonce, url, root } };
    };
  };
}

/** The values found so far. */
interface Found {
  candidates: Uint8Array[];
  timestampText: string | undefined;
  /** The reason why an entry could not be read. */
  refusal: WebhookError | undefined;
  /** A place without a value. */
  missing: string | undefined;
}

/** Unreadable entries are skipped while there is something to compare. @throws header_malformed, header_missing */
function requireCandidate({ candidates, refusal, missing }: Found, readsOn: boolean): void {
  if (candidates.length > 0) return;
  if (refusal !== undefined) throw refusal;
  if (missing !== undefined && !readsOn) throw new WebhookError('header_missing', { at: missing });
}

/**
 * Adds the signatures of a place to the values found, and the time if the place has the key of one. Unreadable entries are skipped, since a
 * sender may add another kind.
 *
 * @throws header_malformed for a second timestamp, or too many entries
 */
function collect(
  source: SignatureSource,
  at: string,
  text: string | undefined,
  form: SignatureForm,
  found: Found,
  timestampKey: string | undefined,
): void {
  if (text === undefined) {
    found.missing ??= at;
    return;
  }
  let timestampText: string | undefined;
  const add = (from: number, to: number) => {
    const { candidates } = found;
    if (candidates.length === maxCandidates) {
      throw new WebhookError('header_malformed', { at, hint: `It lists more than ${maxCandidates} signatures.` });
    }
    const bytes = decodeSignature(source, text, from, to, form);
    if (bytes === undefined) found.refusal ??= unreadable(source, form, at);
    // An array that grows reserves room for 17 values, and most deliveries have one signature.
    else if (candidates.length === 0) found.candidates = [bytes];
    else candidates.push(bytes);
  };
  const { key } = source;
  if (key === undefined) {
    if (source.separator === undefined) add(0, text.length);
    else for (const [from, to] of partsOf(text, source.separator, at)) add(from, to);
    return;
  }
  eachItem(text, grammarOf(source), at, (name, from, to) => {
    if (name === timestampKey) {
      if (timestampText !== undefined)
        throw new WebhookError('header_malformed', { at, hint: `It has ${name} twice.` });
      timestampText = text.slice(from, to);
    } else if (typeof key === 'string' ? name === key : key.includes(name)) add(from, to);
  });
  if (timestampKey !== undefined) found.timestampText = timestampText;
  // An error costs more than the rest of a verification, so it is only created when needed.
  if (found.candidates.length === 0) {
    found.refusal ??= new WebhookError('header_malformed', { at, hint: `It has no ${String(key)}.` });
  }
}

/** The positions of the items in a list without keys. @throws header_malformed for too many, and for two headers in one */
function partsOf(text: string, separator: string, at: string): [from: number, to: number][] {
  const values = text.split(separator, maxCandidates + 1);
  if (values.length > maxCandidates) {
    throw new WebhookError('header_malformed', { at, hint: `It lists more than ${maxCandidates} signatures.` });
  }
  const isJoined = (value: string) => (separator === ' ' ? value.endsWith(',') : value.startsWith(' '));
  if (values.length > 1 && values.some(isJoined)) {
    throw new WebhookError('header_malformed', { at, hint: 'It looks like two headers that a server has joined.' });
  }
  let from = 0;
  let to = -separator.length;
  return values.map((value) => {
    from = to + separator.length;
    to = from + value.length;
    return [from, to];
  });
}

function decodeSignature(
  { prefix = '', prefixOptional = false, encoding }: SignatureSource,
  text: string,
  from: number,
  to: number,
  form: SignatureForm,
): Uint8Array | undefined {
  const hasPrefix = text.startsWith(prefix, from) && from + prefix.length <= to;
  if (!hasPrefix && !prefixOptional) return undefined;
  const bytes = decodeBetween(text, hasPrefix ? from + prefix.length : from, to, encoding);
  return bytes !== undefined && form.isLength(bytes.length) ? bytes : undefined;
}

function unreadable({ prefix = '', encoding }: SignatureSource, { name }: SignatureForm, at: string): WebhookError {
  const hint = `It is not ${prefix === '' ? '' : `${prefix} followed by `}${name} as ${encoding}.`;
  return new WebhookError('header_malformed', { at, hint });
}

/**
 * The timestamp in the text of its place, or undefined if there is none.
 *
 * @param text the text at the place
 * @throws header_malformed
 */
export function readTimestamp(source: TimestampSource, text: string | undefined): string | undefined {
  if (text === undefined || source.key === undefined) return text;
  const at = placeOf(source);
  let found: string | undefined;
  eachItem(text, grammarOf(source), at, (key, from, to) => {
    if (key !== source.key) return;
    if (found !== undefined) throw new WebhookError('header_malformed', { at, hint: `It has ${key} twice.` });
    found = text.slice(from, to);
  });
  return found;
}
