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
import type {
  HmacDescription,
  Provider,
  PublicKeyDescription,
  SecretFormat,
  SignatureAlgorithm,
} from '@countersign/core';
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
 * const { signing, receiver } = createSigningKeys(stripe);
 * const endpoint = createReceiver({ provider: stripe, ...receiver });
 * await endpoint.verify(await signDelivery(stripe, signing));
 */
export function createSigningKeys(provider: Provider): SigningKeys {
  const { kind, description, material } = provider.scheme;
  if (material === 'secrets' || material === 'both') {
    const { secret = {}, token } = description as HmacDescription & { token?: { scheme?: string } };
    const made = kind === 'shared_token' && token?.scheme === 'Basic' ? `countersign:${newText({})}` : newText(secret);
    return { signing: { secret: made }, receiver: { secrets: made } };
  }
  const { publicKey, privateKey } = pairFor(description);
  return {
    signing: { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
    receiver: { keys: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
  };
}

function newText({ encoding = 'utf8', prefix = '' }: SecretFormat): string {
  const bytes = randomBytes(64);
  if (encoding === 'hex') return prefix + bytes.toString('hex');
  return prefix + bytes.toString(encoding === 'base64' ? 'base64' : 'base64url');
}

function pairFor(description: unknown): { publicKey: KeyObject; privateKey: KeyObject } {
  const { algorithm, algorithms = [] } = description as Partial<Omit<PublicKeyDescription, 'algorithm'>> & {
    algorithm?: SignatureAlgorithm | string;
    algorithms?: readonly string[];
  };
  const name = typeof algorithm === 'object' ? algorithm.name : (algorithm ?? algorithms[0] ?? '');
  if (/^ed/i.test(name)) return generateKeyPairSync('ed25519');
  if (/^(?:ecdsa|es\d)/i.test(name)) return generateKeyPairSync('ec', { namedCurve: curveOf(algorithm, name) });
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function curveOf(algorithm: SignatureAlgorithm | string | undefined, name: string): string {
  if (typeof algorithm === 'object' && 'namedCurve' in algorithm) return algorithm.namedCurve;
  return /512|521/.test(name) ? 'P-521' : /384/.test(name) ? 'P-384' : 'P-256';
}

/** Node's name of a hash. */
export function nodeHash(name: string): string {
  return name.replace('-', '').toLowerCase();
}
