/** Signature algorithms by their Web Crypto names, and the form of their signatures and keys. */

import { readPositiveInteger, readSequence } from './der.ts';
import type { Chunk, HashName } from './hmac.ts';

/** The curves of FIPS 186-5 that are in use. */
export type CurveName = 'P-256' | 'P-384' | 'P-521';

/** The way a sender signs with a private key. Never taken from a delivery. */
export type SignatureAlgorithm =
  | { readonly name: 'Ed25519' }
  | {
      readonly name: 'ECDSA';
      readonly namedCurve: CurveName;
      readonly hash: HashName;
      /** `der`: a SEQUENCE of two INTEGERs. `p1363`: both numbers at full length, one after the other. */
      readonly format: 'der' | 'p1363';
    }
  | { readonly name: 'RSASSA-PKCS1-v1_5'; readonly hash: HashName }
  | {
      readonly name: 'RSA-PSS';
      readonly hash: HashName;
      /** In bytes; normally the length of the hash. */
      readonly saltLength: number;
    };

/** Length in bytes of one coordinate of a point, and of each half of a signature. */
export const coordinateBytes: Readonly<Record<CurveName, number>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66 };

/** A public key prepared to check signatures. */
export interface PublicKey {
  /** True if one of the candidates is a signature of the chunks. */
  matches(chunks: readonly Chunk[], candidates: readonly Uint8Array[]): boolean | Promise<boolean>;
}

/** The functions that a runtime provides. */
export interface PublicKeyBackend {
  readonly name: 'node:crypto' | 'web-crypto';
  /** @param spki a SubjectPublicKeyInfo in DER whose algorithm was checked. Throws or rejects for a key that the runtime refuses. */
  importKey(algorithm: SignatureAlgorithm, spki: Uint8Array): PublicKey | Promise<PublicKey>;
}

/** True if a signature can have this length; for RSA that is only known with the key. */
export function isSignatureLength(algorithm: SignatureAlgorithm, length: number): boolean {
  switch (algorithm.name) {
    case 'Ed25519':
      return length === 64;
    case 'ECDSA': {
      const size = coordinateBytes[algorithm.namedCurve];
      return algorithm.format === 'p1363' ? length === 2 * size : length >= 8 && length <= 2 * size + 9;
    }
    default:
      return length >= 256 && length <= 1024;
  }
}

/**
 * Converts a signature to the form that both backends accept: for ECDSA the numbers r and s at full length.
 *
 * DER is parsed strictly here so that all runtimes agree: shortest lengths, positive numbers without padding, no trailing bytes.
 *
 * @returns undefined for anything else
 */
export function toFixedForm(algorithm: SignatureAlgorithm, signature: Uint8Array): Uint8Array | undefined {
  if (algorithm.name !== 'ECDSA' || algorithm.format === 'p1363') return signature;
  const size = coordinateBytes[algorithm.namedCurve];
  const numbers = readSequence(signature);
  if (numbers?.length !== 2) return undefined;
  const [r, s] = numbers.map(readPositiveInteger);
  if (r === undefined || s === undefined || r.length > size || s.length > size) return undefined;
  const fixed = new Uint8Array(2 * size);
  fixed.set(r, size - r.length);
  fixed.set(s, 2 * size - s.length);
  return fixed;
}
