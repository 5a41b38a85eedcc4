/** Public keys as JWKs: which may be used at all, and which of a set fits a token. */

import { createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';
import type { Delivery } from '../delivery.ts';
import { WebhookError } from '../errors.ts';
import { maxSecrets } from '../secrets.ts';
import type { CompactToken } from './compact.ts';

/** A key and the name under which a proof tells of it. */
export interface NamedKey {
  readonly id: string;
  readonly key: CryptoKey;
}

/** @returns the keys that fit a token, at least one. @throws key_unknown, key_unavailable, secret_invalid */
export type KeyFinder = (token: CompactToken, now: number, delivery: Delivery) => Promise<readonly NamedKey[]>;

/** Looks a token's key up in a set by kid, key type, curve and use, as jose does; undefined where none fits. */
export function createLocalFinder(set: JSONWebKeySet, id: string) {
  const resolve = createLocalJWKSet(set);
  return async (token: CompactToken): Promise<readonly NamedKey[] | undefined> => {
    const name = token.keyId ?? id;
    const header = { alg: token.algorithm, ...(token.keyId !== undefined && { kid: token.keyId }) };
    try {
      return [{ id: name, key: (await resolve(header)) as CryptoKey }];
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) {
        const found: NamedKey[] = [];
        for await (const key of error) {
          found.push({ id: name, key: key as CryptoKey });
          if (found.length === maxSecrets) break;
        }
        return found;
      }
      return undefined;
    }
  };
}

/** @throws secret_invalid for a private, symmetric or incomplete key: such a key must not be handed around */
export function requirePublicJwk(jwk: unknown, at: string): void {
  const { kty, d, k, n, e, x } = (typeof jwk === 'object' && jwk !== null ? jwk : {}) as Record<string, unknown>;
  const refuse = (hint: string) => new WebhookError('secret_invalid', { at, hint });
  if (d !== undefined) throw refuse('It is a private key. Verifying needs the public one, which has no d.');
  if (kty === 'oct' || k !== undefined)
    throw refuse('It is a shared secret (kty oct). Give it as secrets to an HS algorithm.');
  if (kty === 'RSA') {
    // 2,048 bits are 342 characters of base64url (RFC 7518 section 3.3).
    if (typeof n !== 'string' || n.length < 342) throw refuse('It is an RSA key of less than 2048 bits.');
    // With the exponent 1 every text is its own signature.
    if (typeof e !== 'string' || /^A*(?:Q|E|B)?$/.test(e)) throw refuse('It is an RSA key without a sound exponent.');
  } else if ((kty !== 'EC' && kty !== 'OKP') || typeof x !== 'string') {
    throw refuse('It is no JWK of type RSA, EC or OKP.');
  }
}
