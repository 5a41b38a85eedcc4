/** Shared-secret signatures: HMAC over a template of the delivery, carried in headers or in the body. */

import { crypto } from '#crypto';
import { type HashName, hashSizes, type MacKey } from '../crypto/hmac.ts';
import { type Delivery, type DeliveryHead, parseForm, parseJson } from '../delivery.ts';
import { decodeBase64, decodeBase64Url, decodeHex, isPrintableAscii } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import { findHeader, type ListGrammar, maxCandidates, parseItems, requireHeader } from '../header-fields.ts';
import { checkReplayWindow, parseTimestamp, type TimestampUnit } from '../replay-window.ts';
import { createSecretSource, type HeldSecret, type SecretFormat } from '../secrets.ts';
import { textOf, valueAt } from '../value-path.ts';
import type { BoundScheme, Proof, Scheme, SchemeOptions, SignedParts } from './scheme.ts';
import { createTemplate, type SignedPart, type SignedValues } from './template.ts';

/** Where a value stands in a delivery: a header, a JSON path in the body, a field of a form body. */
export type SignatureLocation = { readonly header: string } | { readonly json: string } | { readonly form: string };

/** Where a signature stands and in which grammar. */
export type SignatureSource = SignatureLocation & {
  /** How the MAC is written. Hex is accepted in either case; base64 and base64url in canonical form only. */
  readonly encoding: 'hex' | 'base64' | 'base64url';
  /** Text that has to stand before the MAC, such as `sha256=`. */
  readonly prefix?: string;
  /** For lists of pairs (`t=...,v1=...`): the keys whose values are signatures. Items under other keys are ignored. */
  readonly key?: string | readonly string[];
  /** Between the items of a list. Default `,` where there is a `key`; without one, the value is a single signature. */
  readonly separator?: string;
  /** Between key and value of an item. Default `=`. */
  readonly assign?: string;
};

/** Where the timestamp stands. It counts as signed when `signs` has the part `timestamp`. */
export type TimestampSource = SignatureLocation & {
  readonly unit: TimestampUnit;
  /** For lists of pairs: the key of the item that holds the timestamp. It may stand once. */
  readonly key?: string;
  /** Between the items of a list. Default `,`. */
  readonly separator?: string;
  /** Between key and value of an item. Default `=`. */
  readonly assign?: string;
};

/** A shared-secret signature, described as data. */
export interface HmacDescription {
  readonly hash: HashName;
  /** One place, or several of which any may carry a matching signature (a sender that rotates by a second header). */
  readonly signature: SignatureSource | readonly SignatureSource[];
  readonly timestamp?: TimestampSource;
  /** The header whose value the part `id` stands for. */
  readonly id?: { readonly header: string };
  /** The header whose value the part `nonce` stands for. */
  readonly nonce?: { readonly header: string };
  /** The signed text, part by part. */
  readonly signs: readonly SignedPart[];
  /** How secrets become keys. Default: the text's UTF-8 bytes, at least 16 of them. */
  readonly secret?: SecretFormat;
  /** Headers that must hold a fixed value, such as the version of the scheme. */
  readonly guards?: Readonly<Record<string, string>>;
}

/**
 * Describes a sender that signs with HMAC (RFC 2104).
 *
 * Hash, tag and encoding are fixed by the description; nothing is taken from the delivery. The MAC is computed once
 * for each active secret over the received bytes and compared in constant time with every signature of the delivery.
 *
 * @throws options_invalid when the description contradicts itself
 */
export function hmac(description: HmacDescription): Scheme<'secrets'> & { readonly description: HmacDescription } {
  const signed = checkDescription(description);
  return {
    kind: 'hmac',
    material: 'secrets',
    signed,
    description,
    bind: (options) => bindHmac(description, signed, options),
  };
}

/**
 * The shape `t=<seconds>,v1=<hex>`, HMAC-SHA-256 over `{t}.{body}`.
 *
 * @see https://docs.stripe.com/webhooks/signature (the sender that made this shape common; read 2026-11-20)
 */
export function timestampedHmac(options: { readonly header: string; readonly secret?: SecretFormat }) {
  const { header } = options;
  return hmac({
    hash: 'SHA-256',
    signature: { header, key: 'v1', encoding: 'hex' },
    timestamp: { header, key: 't', unit: 'seconds' },
    signs: ['timestamp', { text: '.' }, 'body'],
    ...(options.secret === undefined ? {} : { secret: options.secret }),
  });
}

/** HMAC-SHA-256 over the raw body and nothing else; hex without a prefix unless said otherwise. */
export function rawBodyHmac(options: {
  readonly header: string;
  readonly encoding?: 'hex' | 'base64';
  readonly prefix?: string;
  readonly hash?: HashName;
  readonly secret?: SecretFormat;
}) {
  const { header, encoding = 'hex', prefix, hash = 'SHA-256', secret } = options;
  return hmac({
    hash,
    signature: { header, encoding, ...(prefix === undefined ? {} : { prefix }) },
    signs: ['body'],
    ...(secret === undefined ? {} : { secret }),
  });
}

/** What the head of a delivery says: the candidates and the values that the template asks for. */
interface HeadReading {
  readonly candidates: readonly Uint8Array[];
  readonly values: SignedValues;
  /** Milliseconds since 1970; undefined where no timestamp is signed. */
  readonly signedAt: number | undefined;
}

function bindHmac(description: HmacDescription, signed: SignedParts, options: SchemeOptions): BoundScheme {
  const { hash, signs, secret: format = {} } = description;
  if (options.secrets === undefined) {
    throw new WebhookError('secret_invalid', {
      at: 'secrets',
      hint: 'This scheme needs the secret shared with the sender.',
    });
  }
  const secrets = createSecretSource(options.secrets, format, options.allowWeakSecrets, (bytes) =>
    crypto.createMacKey(hash, bytes, format.derive),
  );
  const fixedWidth =
    description.timestamp?.unit === 'seconds' ? 10 : description.timestamp?.unit === 'milliseconds' ? 13 : undefined;
  const template = createTemplate(signs, fixedWidth);
  const read = createReader(description, signed, options);

  const prove = (matched: HeldSecret<MacKey> | undefined, reading: HeadReading): Proof => {
    if (matched === undefined) throw new WebhookError('signature_mismatch', { at: placeOf(sourcesOf(description)[0]) });
    return {
      secretId: matched.id,
      signedAt: reading.signedAt,
      id: signed.id ? reading.values.id : undefined,
      signed,
    };
  };
  const compare = (
    held: readonly HeldSecret<MacKey>[],
    delivery: Delivery,
    reading: HeadReading,
  ): Proof | Promise<Proof> => {
    const chunks = template(delivery, reading.values);
    let matched: HeldSecret<MacKey> | undefined;
    const pending: Promise<boolean>[] = [];
    // Every secret is tried, also after a match: the time taken must not tell which one it was.
    for (const secret of held) {
      const result = secret.key.matches(chunks, reading.candidates);
      if (typeof result !== 'boolean') pending.push(result);
      else if (result) matched ??= secret;
    }
    if (pending.length === 0) return prove(matched, reading);
    return Promise.all(pending).then((results) => prove(held[results.indexOf(true)], reading));
  };

  return {
    fixedSecrets: secrets.fixed,
    screen(head, now) {
      read(head, undefined, now);
    },
    verify(delivery, now) {
      const reading = read(delivery, delivery.body, now);
      const held = secrets.active(now, delivery);
      return held instanceof Promise
        ? held.then((active) => compare(active, delivery, reading))
        : compare(held, delivery, reading);
    },
  };
}

/** Reads all that stands in the head, or with a body all there is. Without a body, sources inside it are passed over. */
function createReader(description: HmacDescription, signed: SignedParts, options: SchemeOptions) {
  const sources = sourcesOf(description);
  const { timestamp } = description;
  const guards = Object.entries(description.guards ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const idName = description.id?.header.toLowerCase();
  const nonceName = description.nonce?.header.toLowerCase();
  const [only] = sources;
  // `t=...,v1=...` holds both in one header: read and split it once.
  const shared =
    sources.length === 1 && only?.key !== undefined && timestamp?.key !== undefined && isSamePlace(only, timestamp);

  return (head: DeliveryHead, body: Uint8Array | undefined, now: number): HeadReading => {
    for (const [name, value] of guards) {
      if (requireHeader(head.headers, name) !== value) {
        throw new WebhookError('header_malformed', {
          at: name,
          hint: 'It does not hold the value this scheme prescribes.',
        });
      }
    }
    const candidates: Uint8Array[] = [];
    let timestampText: string | undefined;
    let isMissing: string | undefined;
    for (const source of sources) {
      const text = textAt(source, head, body);
      if (text === undefined) {
        isMissing ??= placeOf(source);
        continue;
      }
      timestampText = collect(source, text, description.hash, candidates, shared ? timestamp.key : undefined);
    }
    const readsBodyLater = body === undefined && sources.some((source) => !('header' in source));
    if (candidates.length === 0 && isMissing !== undefined && !readsBodyLater) {
      throw new WebhookError('header_missing', { at: isMissing });
    }
    let signedAt: number | undefined;
    if (timestamp !== undefined && signed.timestamp && (body !== undefined || 'header' in timestamp)) {
      const at = placeOf(timestamp);
      if (!shared) timestampText = readTimestamp(timestamp, head, body);
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
      },
    };
  };
}

/** Adds a header's signatures to the candidates; answers with the value of `timestampKey` where one is asked for. */
function collect(
  source: SignatureSource,
  text: string,
  hash: HashName,
  candidates: Uint8Array[],
  timestampKey: string | undefined,
): string | undefined {
  const at = placeOf(source);
  let timestampText: string | undefined;
  if (source.key === undefined) {
    for (const value of source.separator === undefined ? [text] : text.split(source.separator, maxCandidates + 1)) {
      addCandidate(candidates, source, value, hash, at);
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
        addCandidate(candidates, source, value, hash, at);
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
  hash: HashName,
  at: string,
): void {
  if (candidates.length === maxCandidates) {
    throw new WebhookError('header_malformed', { at, hint: `It lists more than ${maxCandidates} signatures.` });
  }
  const { prefix = '', encoding } = source;
  const hint = `It is not ${prefix === '' ? '' : `${prefix} followed by `}${hash} as ${encoding}.`;
  if (!value.startsWith(prefix)) throw new WebhookError('header_malformed', { at, hint });
  const text = prefix === '' ? value : value.slice(prefix.length);
  const bytes =
    encoding === 'hex' ? decodeHex(text) : encoding === 'base64' ? decodeBase64(text) : decodeBase64Url(text);
  if (bytes === undefined || bytes.length !== hashSizes[hash].output)
    throw new WebhookError('header_malformed', { at, hint });
  candidates.push(bytes);
}

function readTimestamp(source: TimestampSource, head: DeliveryHead, body: Uint8Array | undefined): string | undefined {
  const text = textAt(source, head, body);
  if (text === undefined || source.key === undefined) return text;
  const at = placeOf(source);
  const values = parseItems(text, grammarOf(source), at).filter(([name]) => name === source.key);
  if (values.length > 1) throw new WebhookError('header_malformed', { at, hint: `It has ${source.key} twice.` });
  return values[0]?.[1];
}

function textAt(source: SignatureLocation, head: DeliveryHead, body: Uint8Array | undefined): string | undefined {
  if ('header' in source) return findHeader(head.headers, source.header.toLowerCase());
  if (body === undefined) return undefined;
  const text = 'json' in source ? textOf(valueAt(parseJson(body), source.json)) : parseForm(body)?.get(source.form);
  return text !== undefined && text !== null && isPrintableAscii(text) ? text : undefined;
}

function placeOf(source: SignatureLocation | undefined): string {
  if (source === undefined) return 'signature';
  return 'header' in source
    ? source.header.toLowerCase()
    : 'json' in source
      ? `body ${source.json}`
      : `form ${source.form}`;
}

function isSamePlace(left: SignatureSource, right: TimestampSource): boolean {
  const isSameGrammar =
    grammarOf(left).separator === grammarOf(right).separator && grammarOf(left).assign === grammarOf(right).assign;
  return placeOf(left) === placeOf(right) && isSameGrammar;
}

function grammarOf(source: { readonly separator?: string; readonly assign?: string }): ListGrammar {
  return { separator: source.separator ?? ',', assign: source.assign ?? '=' };
}

function sourcesOf(description: HmacDescription): readonly SignatureSource[] {
  return Array.isArray(description.signature) ? description.signature : [description.signature as SignatureSource];
}

function checkDescription(description: HmacDescription): SignedParts {
  const refuse = (at: string, hint: string) => new WebhookError('options_invalid', { at: `scheme.${at}`, hint });
  if (!(description.hash in hashSizes)) throw refuse('hash', `It takes ${Object.keys(hashSizes).join(', ')}.`);
  const sources = sourcesOf(description);
  if (sources.length === 0) throw refuse('signature', 'It names no place.');
  for (const source of sources) {
    if (!['hex', 'base64', 'base64url'].includes(source.encoding)) {
      throw refuse('signature.encoding', 'It takes hex, base64 or base64url.');
    }
    if (placeOf(source).trim() === '') throw refuse('signature', 'It names no header.');
  }
  const { signs } = description;
  if (signs.includes('timestamp') && description.timestamp === undefined) throw refuse('timestamp', 'signs names it.');
  if (signs.includes('id') && description.id === undefined) throw refuse('id', 'signs names it.');
  if (signs.includes('nonce') && description.nonce === undefined) throw refuse('nonce', 'signs names it.');
  createTemplate(signs, undefined);
  return Object.freeze({
    body: signs.includes('body') || signs.includes('sorted_form'),
    id: signs.includes('id'),
    timestamp: signs.includes('timestamp'),
  });
}
