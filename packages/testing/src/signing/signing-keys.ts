/** Secrets and private keys in the form that node:crypto accepts, and new ones for tests. */

import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type JsonWebKey,
  KeyObject,
  randomBytes,
  type webcrypto,
} from 'node:crypto';
import type { Provider } from '@countersign/core';
import type { OwnScheme, SecretFormat } from '@countersign/core/describe';
import type { PrivateKey } from './signing-options.ts';

/** A provider's signing options and the matching receiver options. */
export interface SigningKeys {
  /** For {@link signDelivery}. */
  readonly signing: { readonly secret: string } | { readonly privateKey: string };
  /** For `createReceiver`. */
  readonly receiver: { readonly secrets: string } | { readonly keys: string };
}

/** Key bytes by the sender's own rule. Lenient on purpose: it can sign with secrets that a receiver refuses. */
export function toSecretBytes(secret: string | Uint8Array, format: SecretFormat): Buffer {
  const bytes = decode(secret, format);
  return format.derive === undefined ? bytes : createHash(nodeHash(format.derive)).update(bytes).digest();
}

function decode(secret: string | Uint8Array, { encoding = 'utf8', prefix = '' }: SecretFormat): Buffer {
  if (typeof secret !== 'string') return Buffer.from(secret);
  const text = prefix !== '' && secret.startsWith(prefix) ? secret.slice(prefix.length) : secret;
  if (encoding === 'utf8_nfkd') return Buffer.from(text.normalize('NFKD'));
  return Buffer.from(text, encoding === 'utf8' ? 'utf8' : encoding);
}

/** A private key as PEM, the only form that node:crypto accepts everywhere. */
export function toPrivateKey(key: PrivateKey): string {
  if (typeof key === 'string') return key;
  const object =
    key instanceof KeyObject ? key : createPrivateKey({ key: key as JsonWebKey & webcrypto.JsonWebKey, format: 'jwk' });
  return object.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * Makes new keys in the form that a provider needs, for tests. All are text, so they can be kept in a file.
 *
 * @example
 * const { signing, receiver } = createSigningKeys(provider);
 * const endpoint = createReceiver({ provider, ...receiver });
 * await endpoint.verify(await signDelivery(provider, signing));
 */
export function createSigningKeys(provider: Provider): SigningKeys {
  const { scheme } = provider;
  if (scheme.material === 'secrets' || scheme.material === 'both') {
    const made = newSecret(scheme);
    return { signing: { secret: made }, receiver: { secrets: made } };
  }
  const { publicKey, privateKey } = pairFor(scheme);
  return {
    signing: { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
    receiver: { keys: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
  };
}

function newSecret(scheme: Provider['scheme']): string {
  switch (scheme.kind) {
    case 'hmac':
      return newText(scheme.description.secret);
    case 'shared_token': {
      const { token, secret } = scheme.description;
      return 'scheme' in token && token.scheme === 'Basic' ? `countersign:${newText({})}` : newText(secret);
    }
    case 'public_key':
    case 'jwt':
    case 'detached_jws':
    case 'http_signature':
      return newText({});
    default:
      scheme satisfies OwnScheme;
      return newText({});
  }
}

function newText({ encoding = 'utf8', prefix = '' }: SecretFormat = {}): string {
  const bytes = randomBytes(64);
  if (encoding === 'hex') return prefix + bytes.toString('hex');
  return prefix + bytes.toString(encoding === 'base64' ? 'base64' : 'base64url');
}

function pairFor(scheme: Provider['scheme']): { publicKey: KeyObject; privateKey: KeyObject } {
  const [name, curve] = keyFormOf(scheme);
  if (/^ed/i.test(name)) return generateKeyPairSync('ed25519');
  if (/^(?:ecdsa|es\d)/i.test(name)) return generateKeyPairSync('ec', { namedCurve: curve ?? curveOf(name) });
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

/** The name of the algorithm, and the curve if the description states it separately. */
function keyFormOf(scheme: Provider['scheme']): readonly [name: string, curve?: string] {
  switch (scheme.kind) {
    case 'public_key': {
      const { algorithm } = scheme.description;
      return 'namedCurve' in algorithm ? [algorithm.name, algorithm.namedCurve] : [algorithm.name];
    }
    case 'jwt':
    case 'detached_jws':
      return [scheme.description.algorithms[0]];
    case 'http_signature':
      return [scheme.description.algorithm];
    case 'hmac':
    case 'shared_token':
      return [''];
    default:
      scheme satisfies OwnScheme;
      return [''];
  }
}

function curveOf(name: string): string {
  return /512|521/.test(name) ? 'P-521' : /384/.test(name) ? 'P-384' : 'P-256';
}

/** Node's name of a hash. */
export function nodeHash(name: string): string {
  return name.replace('-', '').toLowerCase();
}
