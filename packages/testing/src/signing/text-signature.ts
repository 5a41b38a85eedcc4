/** Signatures over a text that a description defines, with HMAC or a private key. */

import { constants, createHash, createHmac, randomUUID, sign } from 'node:crypto';
import type {
  HmacDescription,
  PublicKeyDescription,
  SignatureAlgorithm,
  SignatureSource,
  SignedPart,
} from '@countersign/core/describe';
import type { Draft, Place } from './draft.ts';
import { nodeHash, toPrivateKey, toSecretBytes } from './signing-keys.ts';
import { privateKeysOf, refuseSigning, type SigningOptions, secretsOf } from './signing-options.ts';

type Description = HmacDescription | PublicKeyDescription;

/** Signs a draft in place. */
export async function signText(draft: Draft, description: Description, options: SigningOptions): Promise<void> {
  const { timestamp, id, nonce, guards = {}, keyId } = description;
  for (const [name, value] of Object.entries(guards)) draft.put({ header: name }, value);
  if (id !== undefined) draft.headers[id.header.toLowerCase()] ??= draft.id;
  if (nonce !== undefined) draft.headers[nonce.header.toLowerCase()] ??= randomUUID().replaceAll('-', '');
  if (keyId !== undefined && options.keyId !== undefined) draft.put(keyId, options.keyId);
  for (const part of description.signs) {
    if (typeof part !== 'object') continue;
    if ('header' in part) draft.headers[part.header.toLowerCase()] ??= 'example';
    if ('sortedFormOrQueryDigest' in part && !draft.isForm) {
      // The digest of a body that is not a form is in the URL, which is signed.
      const { query, hash } = part.sortedFormOrQueryDigest;
      const url = new URL(draft.url);
      url.searchParams.set(query, createHash(nodeHash(hash)).update(draft.body).digest('hex'));
      draft.url = url.href;
    }
    if ('compute' in part) Object.assign(draft.headers, { ...part.sends, ...draft.headers });
  }
  if ('certificate' in description && description.certificate !== undefined) {
    const { certificateUrl } = options;
    if (certificateUrl === undefined && draft.take(description.certificate.url) === undefined)
      throw refuseSigning(
        'certificateUrl',
        `${draft.provider.name} names the URL of its certificate; pass certificateUrl.`,
      );
    if (certificateUrl !== undefined) draft.put(description.certificate.url, certificateUrl);
  }
  const time = timestamp === undefined ? undefined : timeText(draft.at, timestamp.unit);
  if (timestamp !== undefined && timestamp.key === undefined && time !== undefined) draft.put(timestamp, time);
  for (const root of draft.elements(description.each)) await signElement(draft, options, description, time, root);
}

async function signElement(
  draft: Draft,
  options: SigningOptions,
  description: Description,
  time: string | undefined,
  root: unknown,
): Promise<void> {
  const chunks: (string | Uint8Array)[] = [];
  for (const part of description.signs) chunks.push(await partValue(draft, part, description, time, root));
  const text = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as string)));
  const sources: readonly SignatureSource[] = [description.signature].flat();
  const signatures = signaturesOf(draft, options, description, text);
  for (const [index, source] of sources.entries()) {
    // If there are several places, each signature has its own; with one place they share it.
    const own = sources.length > 1 ? signatures.slice(index, index + 1) : signatures;
    if (own.length === 0) continue;
    const { key, separator, assign = '=', prefix = '', encoding } = source;
    if (own.length > 1 && key === undefined && separator === undefined)
      throw refuseSigning('secret', `${draft.provider.name} has room for one signature.`);
    const name = [key].flat()[0];
    const items = own.map((bytes) => `${name === undefined ? '' : name + assign}${prefix}${bytes.toString(encoding)}`);
    const { timestamp } = description;
    if (timestamp?.key !== undefined && isSamePlace(source, timestamp))
      items.unshift(`${timestamp.key}${timestamp.assign ?? '='}${time}`);
    draft.put(source, items.join(separator ?? ','), root);
  }
}

function isSamePlace(left: Place, right: Place): boolean {
  return 'header' in left && 'header' in right && left.header.toLowerCase() === right.header.toLowerCase();
}

function signaturesOf(draft: Draft, options: SigningOptions, description: Description, text: Buffer): Buffer[] {
  if ('algorithm' in description) {
    const { algorithm } = description;
    return privateKeysOf(draft.provider, options).map((key) => signBytes(algorithm, text, toPrivateKey(key)));
  }
  const { hash, construction, secret: format = {} } = description;
  return secretsOf(draft.provider, options).map((secret) => {
    const bytes = toSecretBytes(secret, format);
    if (construction === 'secret_prefix') return createHash(nodeHash(hash)).update(bytes).update(text).digest();
    return createHmac(nodeHash(hash), bytes).update(text).digest();
  });
}

function signBytes(algorithm: SignatureAlgorithm, text: Buffer, key: string): Buffer {
  if (algorithm.name === 'Ed25519') return sign(null, text, key);
  const hash = nodeHash(algorithm.hash);
  if (algorithm.name === 'ECDSA')
    return sign(hash, text, { key, dsaEncoding: algorithm.format === 'p1363' ? 'ieee-p1363' : 'der' });
  if (algorithm.name === 'RSASSA-PKCS1-v1_5') return sign(hash, text, key);
  return sign(hash, text, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.saltLength });
}

/** One part of the signed text; a part that only one sender has is computed by its own description. */
async function partValue(
  draft: Draft,
  part: SignedPart,
  description: Description,
  time: string | undefined,
  root: unknown,
): Promise<string | Uint8Array> {
  if (part === 'body') return draft.body;
  if (part === 'timestamp') return time as string;
  if (part === 'id') return takeText(draft, description.id);
  if (part === 'nonce') return takeText(draft, description.nonce);
  if (part === 'method') return draft.method.toUpperCase();
  if (part === 'url') return spelled(draft.url, description.urlForms);
  if (part === 'sorted_form') return sortedForm(draft.form());
  if ('text' in part) return part.text;
  if ('compute' in part) {
    const { assign, end } = part.layout;
    return part
      .compute(draft.received, () => draft.url)
      .map(({ name, value }) => `${name}${assign}${value}${end}`)
      .join('');
  }
  if ('bodyDigest' in part) return createHash(nodeHash(part.bodyDigest)).update(draft.body).digest(part.encoding);
  if ('sortedFormOrQueryDigest' in part) {
    const { query } = part.sortedFormOrQueryDigest;
    return new URL(draft.url).searchParams.has(query) ? '' : sortedForm(draft.form());
  }
  if ('form' in part && part.orBody === true && !draft.isForm) {
    // A given text may be a form, and is sent unchanged.
    const text = Buffer.from(draft.body).toString();
    return text.startsWith(`${part.form}=`) ? (new URLSearchParams(text).get(part.form) ?? '') : draft.body;
  }
  const found = draft.take(part, root) ?? ('otherwise' in part ? part.otherwise : undefined);
  if (found === undefined) throw refuseSigning('body', 'The body lacks a signed value.');
  return String(found);
}

/** A header that {@link signText} has set, if the description names one. */
function takeText(draft: Draft, place: Place | undefined): string {
  return place === undefined ? '' : String(draft.take(place));
}

/** The spelling of the URL that the sender signs: its first form that needs only the port and the query. */
function spelled(url: string, forms: readonly string[] | undefined): string {
  if (forms === undefined || forms.includes('exact')) return url;
  const form = forms.find((one) => /^(?:with|without)_(?:port|query)$/.test(one));
  if (form === 'without_query') return url.split('?', 1)[0] as string;
  const match = /^(https?):\/\/([^/?#:]+)(:\d+)?(.*)$/.exec(url);
  if (match === null || form === undefined) return url;
  const [, scheme, host, port = '', rest] = match;
  const standard = scheme === 'https' ? ':443' : ':80';
  return `${scheme}://${host}${form === 'with_port' ? port || standard : ''}${rest}`;
}

function sortedForm(form: URLSearchParams): string {
  const names = [...new Set(form.keys())].sort();
  return names
    .map((name) =>
      [...new Set(form.getAll(name))]
        .sort()
        .map((value) => name + value)
        .join(''),
    )
    .join('');
}

function timeText(at: Date, unit: 'seconds' | 'milliseconds' | 'iso8601'): string {
  if (unit === 'iso8601') return at.toISOString();
  return String(unit === 'seconds' ? Math.floor(at.getTime() / 1000) : at.getTime());
}
