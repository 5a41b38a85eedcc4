/** Reads what a described delivery says of its signatures, timestamp and id, before anything is computed. */

import { type DeliveryHead, parseForm, parseJson } from '../delivery.ts';
import { decodeBase64, decodeBase64Url, decodeHex, isPrintableAscii } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
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
  const guards = Object.entries(description.guards ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const signedHeaders = description.signs
    .filter((part) => typeof part === 'object' && 'header' in part)
    .map(({ header }) => header.toLowerCase());
  const idName = description.id?.header.toLowerCase();
  const nonceName = description.nonce?.header.toLowerCase();
  const [only] = sources;
  // `t=...,v1=...` holds both in one header: read and split it once.
  const shared =
    sources.length === 1 && only?.key !== undefined && timestamp?.key !== undefined && isSamePlace(only, timestamp);

  /** @param root the parsed body, or the one of its events whose signature is read; parsed here where it is needed */
  return (head: DeliveryHead, body: Uint8Array | undefined, now: number, root?: unknown): HeadReading => {
    for (const [name, value] of guards) {
      if (requireHeader(head.headers, name) !== value) {
        throw new WebhookError('header_malformed', {
          at: name,
          hint: 'It does not hold the value this scheme prescribes.',
        });
      }
    }
    for (const name of signedHeaders) requireHeader(head.headers, name);
    const candidates: Uint8Array[] = [];
    let timestampText: string | undefined;
    let isMissing: string | undefined;
    for (const source of sources) {
      const text = textAt(source, head, body, root);
      if (text === undefined) {
        isMissing ??= placeOf(source);
        continue;
      }
      timestampText = collect(source, text, form, candidates, shared ? timestamp.key : undefined);
    }
    const readsBodyLater = body === undefined && sources.some((source) => !('header' in source));
    if (candidates.length === 0 && isMissing !== undefined && !readsBodyLater) {
      throw new WebhookError('header_missing', { at: isMissing });
    }
    let signedAt: number | undefined;
    if (timestamp !== undefined && signed.timestamp && (body !== undefined || 'header' in timestamp)) {
      const at = placeOf(timestamp);
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

/** Adds a header's signatures to the candidates; answers with the value of `timestampKey` where one is asked for. */
function collect(
  source: SignatureSource,
  text: string,
  form: SignatureForm,
  candidates: Uint8Array[],
  timestampKey: string | undefined,
): string | undefined {
  const at = placeOf(source);
  let timestampText: string | undefined;
  if (source.key === undefined) {
    for (const value of source.separator === undefined ? [text] : text.split(source.separator, maxCandidates + 1)) {
      addCandidate(candidates, source, value, form, at);
    }
  } else {
    const { key } = source;
    const before = candidates.length;
    for (const [name, value] of parseItems(text, grammarOf(source), at)) {
      if (name === timestampKey) {
        if (timestampText !== undefined)
          throw new WebhookError('header_malformed', { at, hint: `It has ${name} twice.` });
        timestampText = value;
      } else if (typeof key === 'string' ? name === key : key.includes(name)) {
        addCandidate(candidates, source, value, form, at);
      }
    }
    if (candidates.length === before)
      throw new WebhookError('header_malformed', { at, hint: `It has no ${String(key)}.` });
  }
  return timestampText;
}

function addCandidate(
  candidates: Uint8Array[],
  source: SignatureSource,
  value: string,
  form: SignatureForm,
  at: string,
): void {
  if (candidates.length === maxCandidates) {
    throw new WebhookError('header_malformed', { at, hint: `It lists more than ${maxCandidates} signatures.` });
  }
  const { prefix = '', isPrefixOptional = false, encoding } = source;
  const hint = `It is not ${prefix === '' ? '' : `${prefix} followed by `}${form.name} as ${encoding}.`;
  const hasPrefix = value.startsWith(prefix);
  if (!hasPrefix && !isPrefixOptional) throw new WebhookError('header_malformed', { at, hint });
  const text = prefix === '' || !hasPrefix ? value : value.slice(prefix.length);
  const bytes =
    encoding === 'hex' ? decodeHex(text) : encoding === 'base64' ? decodeBase64(text) : decodeBase64Url(text);
  if (bytes === undefined || !form.isLength(bytes.length)) throw new WebhookError('header_malformed', { at, hint });
  candidates.push(bytes);
}

/** The text at the place of a timestamp, or undefined where nothing stands there. @throws header_malformed */
export function readTimestamp(
  source: TimestampSource,
  head: DeliveryHead,
  body: Uint8Array | undefined,
  root: unknown,
): string | undefined {
  const text = textAt(source, head, body, root);
  if (text === undefined || source.key === undefined) return text;
  const at = placeOf(source);
  const values = parseItems(text, grammarOf(source), at).filter(([name]) => name === source.key);
  if (values.length > 1) throw new WebhookError('header_malformed', { at, hint: `It has ${source.key} twice.` });
  return values[0]?.[1];
}

function textAt(
  source: SignatureLocation,
  head: DeliveryHead,
  body: Uint8Array | undefined,
  root: unknown,
): string | undefined {
  if ('header' in source) return findHeader(head.headers, source.header.toLowerCase());
  if (body === undefined) return undefined;
  const text =
    'json' in source ? textOf(valueAt(root ?? parseJson(body), source.json)) : parseForm(body)?.get(source.form);
  return text !== undefined && text !== null && isPrintableAscii(text) ? text : undefined;
}
