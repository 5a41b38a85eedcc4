/** Finds the keys that may have signed a token: given inline, or fetched from the URL of a key set. */

import { WebhookError } from '../errors.ts';
import { resolveKeys } from '../keys/ask-resolver.ts';
import { isRecord } from '../keys/inline-keys.ts';
import type { KeyInput } from '../keys/key.ts';
import { maxSecrets } from '../keys/secret-source.ts';
import type { JwtAlgorithm, PublicKeyAlgorithm } from '../schemes/jwt-description.ts';
import { isHmacAlgorithm } from './algorithms.ts';
import type { CompactToken } from './compact.ts';
import { createRemoteKeySet, maxSetKeys, RemoteKeySets, type RemoteKeySource } from './remote-key-set.ts';
import { type KeyFinder, type NamedKey, readTokenKey, type TokenKey } from './token-key.ts';

/** Creates the key set of a URL, or returns the existing one. */
type KeySetMaker = (source: RemoteKeySource, algorithms: readonly PublicKeyAlgorithm[], at: string) => KeyFinder;

/** Checks keys when a receiver is built. @throws secret_invalid, options_invalid */
export function createKeyFinder(input: KeyInput, algorithms: readonly JwtAlgorithm[]): KeyFinder {
  const names = algorithms.filter((name) => !isHmacAlgorithm(name)) as readonly PublicKeyAlgorithm[];
  if (typeof input !== 'function') return createListFinder(input, names, createRemoteKeySet);
  // Shared by all deliveries: otherwise each delivery would fetch its own set.
  const sets = new RemoteKeySets();
  const findSet: KeySetMaker = (source, wanted, at) => sets.find(source, wanted, at);
  return async (token, now, delivery) => {
    const keys = await resolveKeys(input, token.keyId, delivery);
    return createListFinder(keys, names, findSet)(token, now, delivery);
  };
}

function createListFinder(
  input: Exclude<KeyInput, (...given: never[]) => unknown>,
  algorithms: readonly PublicKeyAlgorithm[],
  makeSet: KeySetMaker,
): KeyFinder {
  const list: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (list.length === 0 || list.length > maxSecrets) {
    throw new WebhookError('secret_invalid', { at: 'keys', hint: `Expected 1 to ${maxSecrets} keys.` });
  }
  const finders = list.map((key, index) => {
    const at = list.length === 1 ? 'keys' : `keys[${index}]`;
    if (isRecord(key) && 'url' in key) return makeSet(key as unknown as RemoteKeySource, algorithms, at);
    return createInlineFinder(key, algorithms, at, index);
  });
  return async (token, now, delivery) => {
    const found: NamedKey[] = [];
    let refusal: unknown;
    for (const find of finders) {
      try {
        found.push(...(await find(token, now, delivery)));
      } catch (error) {
        // An outage of one source outweighs another's "unknown": the key may be in the first.
        if (!(refusal instanceof WebhookError && refusal.code === 'key_unavailable')) refusal = error;
      }
    }
    if (found.length > 0) return found.slice(0, maxSecrets);
    throw refusal ?? new WebhookError('key_unknown', { at: 'keys' });
  };
}

/** @throws secret_invalid for a key that cannot check signatures of these algorithms, or for which anyone can sign */
function createInlineFinder(
  given: unknown,
  algorithms: readonly PublicKeyAlgorithm[],
  at: string,
  index: number,
): KeyFinder {
  const refuse = (hint: string) => new WebhookError('secret_invalid', { at, hint });
  const isSet = isRecord(given) && 'keys' in given;
  const members: unknown = isSet ? given.keys : [given];
  if (!Array.isArray(members) || members.length === 0 || members.length > maxSetKeys)
    throw refuse(`Expected a JWK Set of 1 to ${maxSetKeys} keys.`);
  const keys: TokenKey[] = [];
  let problem = '';
  for (const member of members) {
    const reading = readTokenKey(member, algorithms, String(index));
    if (reading.key !== undefined) keys.push(reading.key);
    // A set may contain keys for other purposes.
    else if (!isSet || !reading.isOtherKind) throw refuse(reading.problem);
    else problem ||= reading.problem;
  }
  if (keys.length === 0) throw refuse(`No key of the JWK Set can be used here. ${problem}`);
  for (const key of keys) key.check(at);
  return async (token) => {
    const fitting = keys.filter((key) => isCandidate(key, token));
    if (fitting.length === 0) throw new WebhookError('key_unknown', { at });
    return Promise.all(fitting.slice(0, maxSecrets).map((key) => key.ready(algorithmOf(token), at)));
  };
}

/** A token that names a key is checked with the key of that name, and with keys without names. */
function isCandidate(key: TokenKey, token: CompactToken): boolean {
  const isNamed = token.keyId === undefined || key.name === undefined || key.name === token.keyId;
  return isNamed && key.fits(algorithmOf(token));
}

function algorithmOf({ algorithm }: CompactToken): PublicKeyAlgorithm {
  return algorithm as PublicKeyAlgorithm;
}
