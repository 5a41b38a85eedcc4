/**
 * Signs deliveries by a preset's description, with node:crypto alone: an interpretation of the data of its own, which shares
 * no code with the verifier. What it makes is checked against other people's signatures in the tests beside it.
 */

import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Delivery, HmacDescription, Provider, PublicKeyDescription, SignedPart } from '@countersign/core';

type Description = HmacDescription | PublicKeyDescription;
type Place = { readonly header?: string; readonly json?: string; readonly form?: string };

/** What signs: a shared secret as the sender keeps it, or a private key. */
export type SigningKey = { readonly secret: string } | { readonly privateKey: KeyObject };

/** What may be asked of one delivery. */
export interface Wish {
  readonly at: number;
  readonly keys: readonly SigningKey[];
  /** Changes a signed part after the signature was made. */
  readonly tamper?: 'body' | 'timestamp' | 'id' | 'nonce' | 'url' | 'method';
  /** Writes the time in seconds where milliseconds belong, and the reverse. */
  readonly isWrongUnit?: boolean;
}

/** Whether this signer can make deliveries for a preset: those with all values in headers and the body signed as it is. */
export function canSign({ scheme }: Provider): boolean {
  if (scheme.kind !== 'hmac' && scheme.kind !== 'public_key') return false;
  const description = scheme.description as Description;
  const places = [description.signature, description.timestamp ?? []].flat() as Place[];
  const isPlain = (part: SignedPart) => (typeof part === 'string' ? part !== 'sorted_form' : 'text' in part);
  return (
    places.every(({ header }) => header !== undefined) &&
    description.signs.every(isPlain) &&
    !('certificate' in description)
  );
}

/** Signs a delivery with each key: several signatures in one header where the grammar has room, else in several headers. */
export function signDelivery({ scheme }: Provider, wish: Wish): Delivery {
  const description = scheme.description as Description;
  const { at, keys, tamper, isWrongUnit = false } = wish;
  const time = timeText(description, at, isWrongUnit);
  const values = {
    body: '{"id":"evt_1","type":"t","note":"Zoë  \\u20ac"}',
    timestamp: time,
    id: 'msg_generated',
    nonce: '8467321904',
    url: 'https://example.com/hooks?a=1',
    method: 'POST',
  };
  const text = description.signs
    .map((part) => (typeof part === 'string' ? values[part as keyof typeof values] : (part as { text: string }).text))
    .join('');
  const signatures = keys.map((key) => signText(description, key, text));

  const changed = { ...values };
  if (tamper === 'body') changed.body = values.body.replace('evt_1', 'evt_2');
  else if (tamper === 'timestamp') changed.timestamp = timeText(description, at + 1, isWrongUnit);
  else if (tamper === 'id') changed.id = 'msg_changed';
  else if (tamper === 'nonce') changed.nonce = '8467321905';
  else if (tamper === 'url') changed.url = 'https://example.com/hooks?a=2';
  else if (tamper === 'method') changed.method = 'GET';

  const headers: Record<string, string> = { ...description.guards };
  if (description.id !== undefined) headers[description.id.header] = changed.id;
  if (description.nonce !== undefined) headers[description.nonce.header] = changed.nonce;
  const sources = [description.signature].flat() as readonly (Place & {
    key?: string | string[];
    separator?: string;
    assign?: string;
    prefix?: string;
    header: string;
  })[];
  const { timestamp } = description;
  for (const [index, source] of sources.entries()) {
    const { key, separator = ',', assign = '=', prefix = '', header } = source;
    const own = sources.length > 1 ? signatures.slice(index, index + 1) : signatures;
    if (own.length === 0) continue;
    const items = own.map(
      (signature) => `${key === undefined ? '' : `${[key].flat()[0]}${assign}`}${prefix}${signature}`,
    );
    if (
      timestamp !== undefined &&
      'header' in timestamp &&
      timestamp.header === header &&
      timestamp.key !== undefined
    ) {
      items.unshift(`${timestamp.key}${timestamp.assign ?? '='}${changed.timestamp}`);
    }
    headers[header] = items.join(separator);
  }
  if (timestamp !== undefined && 'header' in timestamp && timestamp.key === undefined)
    headers[timestamp.header] = changed.timestamp;
  return {
    method: changed.method,
    url: changed.url.slice('https://example.com'.length),
    headers,
    body: new TextEncoder().encode(changed.body),
  };
}

/** How many signatures a delivery of this preset has room for. */
export function roomForSignatures({ scheme }: Provider): number {
  const sources = [(scheme.description as Description).signature].flat() as readonly {
    key?: unknown;
    separator?: string;
  }[];
  const [first] = sources;
  return sources.length > 1 ? sources.length : first?.key !== undefined || first?.separator !== undefined ? 4 : 1;
}

/** Two different keys of the form that a preset takes: what signs, and what the receiver is given. */
export function makeKeys({ scheme }: Provider): readonly { readonly signing: SigningKey; readonly given: string }[] {
  const description = scheme.description as Description;
  if ('algorithm' in description) {
    return [1, 2].map(() => {
      const { publicKey, privateKey } = makePair(description.algorithm);
      return { signing: { privateKey }, given: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
    });
  }
  const { encoding = 'utf8', prefix = '' } = description.secret ?? {};
  return [1, 2].map((seed) => {
    const bytes = createHash('sha256').update(`secret ${seed} of ${scheme.kind}`).digest();
    const text =
      encoding === 'hex'
        ? bytes.toString('hex')
        : encoding === 'base64'
          ? bytes.toString('base64')
          : bytes.toString('base64url');
    const given = prefix + text;
    return { signing: { secret: given }, given };
  });
}

function makePair(algorithm: PublicKeyDescription['algorithm']): { publicKey: KeyObject; privateKey: KeyObject } {
  if (algorithm.name === 'Ed25519') return generateKeyPairSync('ed25519');
  if (algorithm.name === 'ECDSA') return generateKeyPairSync('ec', { namedCurve: algorithm.namedCurve });
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function signText(description: Description, key: SigningKey, text: string): string {
  const { encoding } = [description.signature].flat()[0] as { encoding: 'hex' | 'base64' | 'base64url' };
  if ('privateKey' in key) {
    const { algorithm } = description as PublicKeyDescription;
    const hash = algorithm.name === 'Ed25519' ? null : algorithm.hash.replace('-', '').toLowerCase();
    const dsaEncoding = algorithm.name === 'ECDSA' && algorithm.format === 'p1363' ? 'ieee-p1363' : 'der';
    return sign(hash, Buffer.from(text), { key: key.privateKey, dsaEncoding }).toString(encoding);
  }
  const { hash, construction, secret: format = {} } = description as HmacDescription;
  const name = hash.replace('-', '').toLowerCase();
  const bare = key.secret.slice(format.prefix?.length ?? 0);
  const bytes =
    format.encoding === 'hex' || format.encoding === 'base64' ? Buffer.from(bare, format.encoding) : Buffer.from(bare);
  if (construction === 'secret_prefix') return createHash(name).update(bytes).update(text).digest(encoding);
  return createHmac(name, bytes).update(text).digest(encoding);
}

function timeText({ timestamp }: Description, at: number, isWrongUnit: boolean): string {
  const unit = timestamp?.unit ?? 'seconds';
  if (unit === 'iso8601') return isWrongUnit ? String(at) : new Date(at * 1000).toISOString();
  return String((unit === 'seconds') === isWrongUnit ? at * 1000 : at);
}
