/** Seals stored events, so that one that was changed outside of this package is recognised before it runs. */

import { crypto } from '#crypto';
import type { MacKey } from '../crypto/hmac.ts';
import { decodeBase64Url, encodeBase64Url, encodeUtf8 } from '../encoding.ts';
import { decodeSecret } from '../keys/decode-secret.ts';
import type { Secret } from '../keys/secret.ts';
import { optionError } from '../options/option-values.ts';
import { lengthFirst } from './identity.ts';

/** The keys of seals. */
export interface SealOptions {
  /**
   * One key, or several, newest first, at most 8: at least 16 random bytes each, and not a sender's secret. The first
   * one that is valid now seals; each of them opens until its `notAfter`. Leave a retired key in the list until nothing
   * that it sealed is left.
   */
  readonly keys: Secret | readonly Secret[];
}

/** Seals and checks the facts of one kind of stored event. */
export interface Sealer {
  /** The seal of the facts, as text. @throws options_invalid if no key is valid now */
  seal(facts: SealedFacts, now: number): Promise<string>;
  /** True if one of the keys that are valid now made this seal of these facts. */
  isSealed(facts: SealedFacts, seal: string, now: number): Promise<boolean>;
}

/** The sealed values in their order; undefined differs from an empty text. */
export type SealedFacts = readonly (string | undefined)[];

interface SealKey {
  readonly key: () => MacKey | Promise<MacKey>;
  readonly notBefore: number;
  readonly notAfter: number;
}

const salt = 'countersign';
const maxKeys = 8;

/**
 * Makes the seals of one purpose. The purpose is part of each, so that a seal of one means nothing to another.
 *
 * Without keys, each fixed secret gives one: HKDF-SHA-256 (RFC 5869) with the secret as keying material and the purpose as info. It is never
 * the HMAC of a label under the secret itself, because handshakes of some senders make the receiver sign a text that a stranger chose.
 *
 * @param secrets shared secrets that are known when the receiver is built, newest first
 * @throws options_invalid without a key, secret_invalid for one that is too weak
 */
export function createSealer(
  purpose: string,
  options: SealOptions | undefined,
  secrets: readonly Uint8Array[],
): Sealer {
  const keys = options === undefined ? secrets.map((secret) => derivedKey(secret, purpose)) : keysOf(options);
  if (keys.length === 0)
    throw optionError(
      'seal.keys',
      `Set seal: { keys: process.env.COUNTERSIGN_SEAL_KEY }, at least 16 random bytes: the receiver has no shared secret that is known when it is built, so none can be derived.`,
    );
  const chunksOf = (facts: SealedFacts) => [[purpose, ...facts].map(lengthFirst).join('')];
  const validAt = (now: number) => keys.filter((one) => now >= one.notBefore && now <= one.notAfter);
  return {
    async seal(facts, now) {
      const [first] = validAt(now);
      if (first === undefined) throw optionError('seal.keys', 'No key is valid now: notAfter of each has passed.');
      return encodeBase64Url(await (await first.key()).mac(chunksOf(facts)));
    },
    async isSealed(facts, seal, now) {
      const candidate = decodeBase64Url(seal);
      if (candidate === undefined) return false;
      let isSealed = false;
      for (const { key } of validAt(now))
        if (await (await key()).matches(chunksOf(facts), [candidate])) isSealed = true;
      return isSealed;
    },
  };
}

function keysOf({ keys: given }: SealOptions): SealKey[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length > maxKeys) throw optionError('seal.keys', `Expected at most ${maxKeys}.`);
  return list.map((entry, index) => {
    const at = list.length === 1 ? 'seal.keys' : `seal.keys[${index}]`;
    const isDated = typeof entry === 'object' && entry !== null && 'value' in entry;
    const { value, notBefore, notAfter } = (isDated ? entry : { value: entry }) as Partial<
      Extract<Secret, { value: unknown }>
    >;
    const key = crypto.createMacKey('SHA-256', decodeSecret(value, {}, false, at));
    return {
      key: () => key,
      notBefore: timeOf(notBefore, -Infinity, `${at}.notBefore`),
      notAfter: timeOf(notAfter, Infinity, `${at}.notAfter`),
    };
  });
}

function timeOf(date: unknown, otherwise: number, at: string): number {
  if (date === undefined) return otherwise;
  const time = date instanceof Date ? date.getTime() : Number.NaN;
  if (Number.isNaN(time)) throw optionError(at, 'Expected a valid Date.');
  return time;
}

/** HKDF-SHA-256: extract with a fixed salt, then the first block of expand. */
function derivedKey(secret: Uint8Array, purpose: string): SealKey {
  let key: Promise<MacKey> | undefined;
  const derive = async () => {
    const extracted = await crypto.createMacKey('SHA-256', encodeUtf8(salt)).mac([secret]);
    const block = await crypto.createMacKey('SHA-256', extracted).mac([purpose, new Uint8Array([1])]);
    return crypto.createMacKey('SHA-256', block);
  };
  return {
    key: () => {
      key ??= derive();
      return key;
    },
    notBefore: -Infinity,
    notAfter: Infinity,
  };
}
