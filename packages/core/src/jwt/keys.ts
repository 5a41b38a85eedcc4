/** Finds the keys that may have signed a token: given inline, or fetched from a key set's address. */

import { importSPKI, importX509, type JSONWebKeySet } from 'jose';
import { WebhookError } from '../errors.ts';
import { resolveKeys } from '../schemes/key-resolver.ts';
import type { Key, KeyInput } from '../schemes/scheme.ts';
import { maxSecrets } from '../secrets.ts';
import type { JwtAlgorithm } from './algorithms.ts';
import { createLocalFinder, type KeyFinder, type NamedKey, requirePublicJwk } from './jwk-set.ts';
import { createRemoteKeySet } from './remote-key-set.ts';

/** Checks keys when a receiver is built. @throws secret_invalid, options_invalid */
export function createKeyFinder(input: KeyInput, algorithms: readonly JwtAlgorithm[]): KeyFinder {
  if (typeof input === 'function') {
    return async (token, now, delivery) =>
      createKeyFinder(await resolveKeys(input, token.keyId, delivery), algorithms)(token, now, delivery);
  }
  const list: readonly Key[] = Array.isArray(input) ? input : [input as Key];
  if (list.length === 0 || list.length > maxSecrets) {
    throw new WebhookError('secret_invalid', { at: 'keys', hint: `It takes 1 to ${maxSecrets} keys.` });
  }
  const finders = list.map((key, index) =>
    createFinder(key, algorithms, list.length === 1 ? 'keys' : `keys[${index}]`, String(index)),
  );
  return async (token, now, delivery) => {
    const found: NamedKey[] = [];
    let refusal: unknown;
    for (const find of finders) {
      try {
        found.push(...(await find(token, now, delivery)));
      } catch (error) {
        // An outage of one source outweighs another's "unknown": the key may be there.
        if (!(refusal instanceof WebhookError && refusal.code === 'key_unavailable')) refusal = error;
      }
    }
    if (found.length > 0) return found;
    throw refusal ?? new WebhookError('key_unknown', { at: 'keys' });
  };
}

function createFinder(key: unknown, algorithms: readonly JwtAlgorithm[], at: string, id: string): KeyFinder {
  if (typeof key === 'string') return createPemFinder(key, algorithms.length === 1, at, id);
  if (typeof key !== 'object' || key === null) {
    throw new WebhookError('secret_invalid', { at, hint: 'It takes PEM text, a JWK, a JWK Set or { url }.' });
  }
  if ('url' in key) return createRemoteKeySet(key as Extract<Key, { url: string }>, at);
  const set = 'keys' in key ? (key as { keys: unknown }).keys : [key];
  if (!Array.isArray(set) || set.length === 0)
    throw new WebhookError('secret_invalid', { at, hint: 'The JWK Set has no keys.' });
  for (const jwk of set) requirePublicJwk(jwk, at);
  const find = createLocalFinder({ keys: set } as JSONWebKeySet, id);
  return async (token) => {
    const found = await find(token);
    if (found === undefined) throw new WebhookError('key_unknown', { at });
    return found;
  };
}

function createPemFinder(pem: string, isOnlyAlgorithm: boolean, at: string, id: string): KeyFinder {
  const text = pem.trim();
  if (/PRIVATE KEY-----/.test(text)) {
    throw new WebhookError('secret_invalid', { at, hint: 'It is a private key. Verifying needs the public one.' });
  }
  const kind = /^-----BEGIN (PUBLIC KEY|CERTIFICATE)-----[A-Za-z0-9+/=\s]+-----END \1-----$/.exec(text)?.[1];
  if (kind === undefined) {
    throw new WebhookError('secret_invalid', {
      at,
      hint: 'It is no PEM text: -----BEGIN PUBLIC KEY----- or -----BEGIN CERTIFICATE-----. In an environment variable, line breaks may have become \\n.',
    });
  }
  const imported = new Map<string, Promise<CryptoKey>>();
  return async ({ algorithm }) => {
    let key = imported.get(algorithm);
    if (key === undefined) {
      key = (kind === 'CERTIFICATE' ? importX509(text, algorithm) : importSPKI(text, algorithm)) as Promise<CryptoKey>;
      imported.set(algorithm, key);
    }
    try {
      return [{ id, key: await key }];
    } catch {
      const hint = `It is no public key for ${algorithm}.`;
      // Of several algorithms it is the token that chose this one.
      throw new WebhookError(isOnlyAlgorithm ? 'secret_invalid' : 'key_unknown', { at, hint });
    }
  };
}
