/** The signature algorithms of RFC 7518 and RFC 8037 that a token may use, and their families. */

import { WebhookError } from '../errors.ts';

/** Fewest key bytes of each HMAC algorithm: the length of its hash (RFC 7518 section 3.2). */
export const hmacKeyBytes = { HS256: 32, HS384: 48, HS512: 64 } as const;

const publicKeyAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** An algorithm by its JOSE name. `none` is not one. */
export type JwtAlgorithm = keyof typeof hmacKeyBytes | (typeof publicKeyAlgorithms)[number];

/** @throws options_invalid when the list is empty, names something else, or mixes families of algorithms */
export function requireAlgorithms(value: unknown): readonly [JwtAlgorithm, ...JwtAlgorithm[]] {
  const at = 'scheme.algorithms';
  const known: readonly string[] = [...Object.keys(hmacKeyBytes), ...publicKeyAlgorithms];
  if (!Array.isArray(value) || value.length === 0 || value.some((name) => !known.includes(name))) {
    throw new WebhookError('options_invalid', {
      at,
      hint: `Say which algorithms the sender uses; a token must not choose. It takes a list of ${known.join(', ')}.`,
    });
  }
  // One key serves one family (RFC 8725 section 3.1): otherwise a public key could be taken for a shared secret.
  if (new Set(value.map((name: string) => name.slice(0, 2))).size > 1) {
    throw new WebhookError('options_invalid', { at, hint: 'It mixes families of algorithms (HS, RS, PS, ES, Ed).' });
  }
  return value as unknown as readonly [JwtAlgorithm, ...JwtAlgorithm[]];
}

/** Whether an algorithm works with a shared secret. */
export function isHmacAlgorithm(name: JwtAlgorithm): name is keyof typeof hmacKeyBytes {
  return name in hmacKeyBytes;
}
