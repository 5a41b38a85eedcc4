/** Reads what a described delivery says of its signatures, timestamp and id, before anything is computed. */

import { type DeliveryHead, parseJson } from '../delivery.ts';
import { decodeBetween, isPrintableAscii } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import { parseForm } from '../form-fields.ts';
import { findHeader, maxCandidates, parseItems, requireHeader } from '../header-fields.ts';
import { checkReplayWindow, parseTimestamp } from '../replay-window.ts';
import { textOf, valueAt } from '../value-path.ts';
import type { SchemeOptions, SignedParts } from './scheme.ts';
import {
  grammarOf,
  isSamePlace,
  placeOf,
  type SignatureDescription,
  type SignatureLocation,
  type SignatureSource,
  sourcesOf,
  type TimestampSource,
} from './signature-description.ts';
import type { SignedValues } from './template.ts';

/** What the head of a delivery says: the candidates and the values that the template asks for. */
export interface HeadReading {
  readonly candidates: readonly Uint8Array[];
  readonly values: SignedValues;
  /** Milliseconds since 1970; undefined where no timestamp is signed. */
  readonly signedAt: number | undefined;
}

/** What a decoded signature has to look like. */
export interface SignatureForm {
  /** What errors call it: `SHA-256`. */
  readonly name: string;
  isLength(bytes: number): boolean;
}

/** Reads all that stands in the head, or with a body all there is. Without a body, sources inside it are passed over. */
export function createReader(
  description: SignatureDescription,
  signed: SignedParts,
  options: SchemeOptions,
  form: SignatureForm,
) {
  const sources = sourcesOf(description);
  const { timestamp } = description;
  // Lower-case names are made once: for a short body that is a part of all the work that shows.
  const places = sources.map((source) => ({ source, at: placeOf(source) }));
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
  // `t=...,v1=...` holds both in one header: read and split it once.
  const shared =
    sources.length === 1 && only?.key !== undefined && timestamp?.key !== undefined && isSamePlace(only, timestamp);

  /** @param root the parsed body, or the one of its events whose signature is read; parsed here where it is needed */
  return (head: DeliveryHead, body: Uint8Array | undefined, now: number, given?: unknown): HeadReading => {
    for (const [name, value] of guards) {
      if (requireHeader(head.headers, name) !== value) {
        throw new WebhookError('header_malformed', {
          at: name,
          hint: 'It does not hold the value this scheme prescribes.',
        });
      }
    }
    for (const name of signedHeaders) requireHeader(head.headers, name);
    // Parsed once for all that is read from it.
    const root = given ?? (readsJson && body !== undefined ? parseJson(body) : undefined);
    const candidates: Uint8Array[] = [];
    let timestampText: string | undefined;
    let isMissing: string | undefined;
    let refusal: WebhookError | undefined;
    for (const { source, at } of places) {
      const text = textAt(source, at, head, body, root);
      if (text === undefined) {
        isMissing ??= at;
        continue;
      }
      const collected = collect(source, at, text, form, candidates, shared ? timestamp.key : undefined);
      timestampText = collected.timestampText;
      refusal ??= collected.refusal;
    }
    // What cannot be read is passed over while there is something to compare.
    if (candidates.length === 0 && refusal !== undefined) throw refusal;
    const readsBodyLater = body === undefined && sources.some((source) => !('header' in source));
    if (candidates.length === 0 && isMissing !== undefined && !readsBodyLater) {
      throw new WebhookError('header_missing', { at: isMissing });
    }
    let signedAt: number | undefined;
    if (timestamp !== undefined && signed.timestamp && (body !== undefined || 'header' in timestamp)) {
      const at = timestampPlace;
      if (!shared) timestampText = readTimestamp(timestamp, head, body, root);
      if (timestampText === undefined) throw new WebhookError(shared ? 'header_malformed' : 'header_missing', { at });
      signedAt = parseTimestamp(timestampText, timestamp.unit, at);
      if (!options.ignoreTimestamp) checkReplayWindow(signedAt, now, options.toleranceSeconds, timestamp.unit, at);
    }
    return {
      candidates,
      signedAt,
      values: {
        timestamp: timestampText,
        id: idName === undefined ? undefined : requireHeader(head.headers, idName),
        nonce: nonceName === undefined ? undefined : requireHeader(head.headers, nonceName),
        url: () => options.publicUrlOf(head),
        root,
      },
    };
  };
}

/** What a place held: the value of `timestampKey` where one is asked for, and why an entry of it could not be read. */
interface Collected {
  readonly timestampText: string | undefined;
  readonly refusal: WebhookError | undefined;
}

/**
 * Adds the signatures of a place to the candidates. Entries that cannot be read are passed over, as a sender may add some of
 * another kind.
 *
 * @throws header_malformed for a second timestamp, or too many entries
 */
function collect(
  source: SignatureSource,
  at: string,
  text: string,
  form: SignatureForm,
  candidates: Uint8Array[],
  timestampKey: string | undefined,
): Collected {
  let timestampText: string | undefined;
  let refusal: WebhookError | undefined;
  const add = (from: number, to: number) => {
    if (candidates.length === maxCandidates) {
      throw new WebhookError('header_malformed', { at, hint: `It lists more than ${maxCandidates} signatures.` });
    }
    const bytes = decodeSignature(source, text, from, to, form);
    if (bytes !== undefined) candidates.push(bytes);
    else refusal ??= unreadable(source, form, at);
  };
  const { key } = source;
  if (key === undefined) {
    if (source.separator === undefined) add(0, text.length);
    else for (const [from, to] of partsOf(text, source.separator, at)) add(from, to);
    return { timestampText, refusal };
  }
  for (const item of parseItems(text, grammarOf(source), at)) {
    if (item.key === timestampKey) {
      if (timestampText !== undefined)
        throw new WebhookError('header_malformed', { at, hint: `It has ${item.key} twice.` });
      timestampText = text.slice(item.from, item.to);
    } else if (typeof key === 'string' ? item.key === key : key.includes(item.key)) add(item.from, item.to);
  }
  // An error costs more than all the rest of a verification, so it is made where it is needed alone.
  if (candidates.length === 0) {
    refusal ??= new WebhookError('header_malformed', { at, hint: `It has no ${String(key)}.` });
  }
  return { timestampText, refusal };
}

/** Where the items of a list without keys stand. @throws header_malformed for too many, and for two headers in one */
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
  { prefix = '', isPrefixOptional = false, encoding }: SignatureSource,
  text: string,
  from: number,
  to: number,
  form: SignatureForm,
): Uint8Array | undefined {
  const hasPrefix = text.startsWith(prefix, from) && from + prefix.length <= to;
  if (!hasPrefix && !isPrefixOptional) return undefined;
  const bytes = decodeBetween(text, hasPrefix ? from + prefix.length : from, to, encoding);
  return bytes !== undefined && form.isLength(bytes.length) ? bytes : undefined;
}

function unreadable({ prefix = '', encoding }: SignatureSource, { name }: SignatureForm, at: string): WebhookError {
  const hint = `It is not ${prefix === '' ? '' : `${prefix} followed by `}${name} as ${encoding}.`;
  return new WebhookError('header_malformed', { at, hint });
}

/** The text at the place of a timestamp, or undefined where nothing stands there. @throws header_malformed */
export function readTimestamp(
  source: TimestampSource,
  head: DeliveryHead,
  body: Uint8Array | undefined,
  root: unknown,
): string | undefined {
  const at = placeOf(source);
  const text = textAt(source, at, head, body, root);
  if (text === undefined || source.key === undefined) return text;
  const items = parseItems(text, grammarOf(source), at).filter(({ key }) => key === source.key);
  if (items.length > 1) throw new WebhookError('header_malformed', { at, hint: `It has ${source.key} twice.` });
  return items[0] && text.slice(items[0].from, items[0].to);
}

/** @param at {@link placeOf} of the source: of a header its name in lower case */
function textAt(
  source: SignatureLocation,
  at: string,
  head: DeliveryHead,
  body: Uint8Array | undefined,
  root: unknown,
): string | undefined {
  if ('header' in source) return findHeader(head.headers, at);
  if (body === undefined) return undefined;
  const text = 'json' in source ? textOf(valueAt(root ?? parseJson(body), source.json)) : formText(body, source.form);
  return text !== undefined && isPrintableAscii(text) ? text : undefined;
}

/** @throws header_repeated: a second field would leave open which of them is meant */
function formText(body: Uint8Array, name: string): string | undefined {
  const values = parseForm(body)?.getAll(name) ?? [];
  if (values.length > 1) throw new WebhookError('header_repeated', { at: `form ${name}` });
  return values[0];
}
