/** The signature algorithms of RFC 7518 and RFC 8037 that a token may use, and their families. */

import type { SignatureAlgorithm } from '../crypto/signature-algorithm.ts';
import { WebhookError } from '../errors.ts';
import type { JwtAlgorithm, PublicKeyAlgorithm } from '../schemes/jwt-description.ts';

/** Minimum key length in bytes of each HMAC algorithm: the length of its hash (RFC 7518 section 3.2). */
export const hmacKeyBytes = { HS256: 32, HS384: 48, HS512: 64 } as const satisfies Record<
  Exclude<JwtAlgorithm, PublicKeyAlgorithm>,
  number
>;

/** Each public-key algorithm as one of this package's. The salt of RSA-PSS has the length of the hash (RFC 7518 section 3.5). */
const publicKeyAlgorithms = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  RS384: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' },
  RS512: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 },
  PS384: { name: 'RSA-PSS', hash: 'SHA-384', saltLength: 48 },
  PS512: { name: 'RSA-PSS', hash: 'SHA-512', saltLength: 64 },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256', format: 'p1363' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384', format: 'p1363' },
  ES512: { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512', format: 'p1363' },
  EdDSA: { name: 'Ed25519' },
  Ed25519: { name: 'Ed25519' },
} as const satisfies Record<PublicKeyAlgorithm, SignatureAlgorithm>;

/** @throws options_invalid if the list is empty, contains unknown names, or mixes families of algorithms */
export function requireAlgorithms(value: unknown): readonly [JwtAlgorithm, ...JwtAlgorithm[]] {
  const at = 'scheme.algorithms';
  const known: readonly string[] = [...Object.keys(hmacKeyBytes), ...Object.keys(publicKeyAlgorithms)];
  if (!Array.isArray(value) || value.length === 0 || value.some((name) => !known.includes(name))) {
    throw new WebhookError('options_invalid', {
      at,
      hint: `Name the algorithms that the sender uses; a token must not choose. Expected a list of ${known.join(', ')}.`,
    });
  }
  // One key is for one family (RFC 8725 section 3.1): otherwise a public key could be used as a shared secret.
  if (new Set(value.map((name: string) => name.slice(0, 2))).size > 1) {
    throw new WebhookError('options_invalid', { at, hint: 'It mixes families of algorithms (HS, RS, PS, ES, Ed).' });
  }
  return value as unknown as readonly [JwtAlgorithm, ...JwtAlgorithm[]];
}

/** True if an algorithm uses a shared secret. */
export function isHmacAlgorithm(name: JwtAlgorithm): name is keyof typeof hmacKeyBytes {
  return name in hmacKeyBytes;
}

/** The public-key algorithm of a JOSE name. */
export function signatureAlgorithmOf(name: PublicKeyAlgorithm): SignatureAlgorithm {
  return publicKeyAlgorithms[name];
}
