/** The seal of a stored event: a MAC that only a holder of the key can make, over every part of what is stored. */

import { crypto } from '#crypto';
import { decodeBase64Url, encodeBase64Url, encodeUtf8 } from '../encoding.ts';
import { lengthFirst } from '../event/identity.ts';
import { decodeReadings } from '../keys/decode-secret.ts';
import { secretError } from '../options/option-values.ts';

/**
 * A key for seals: at least 32 bytes, random and used for nothing else; text is used as its UTF-8 bytes.
 *
 * With `notAfter` it is retired: nothing is sealed with it after that time, and what arrived later is refused.
 */
export type SealKey =
  | string
  | Uint8Array
  | {
      readonly value: string | Uint8Array;
      /** Names the key in a seal: 1 to 20 letters, digits, `-` and `_`. Default: a fingerprint of the key. */
      readonly id?: string;
      readonly notAfter?: Date;
    };

/** Options of the seal. */
export interface SealOptions {
  /**
   * One key, or several, newest first, at most 8. The first that is not retired seals. Leave a retired key in the list
   * until nothing that it sealed is left.
   */
  readonly keys: SealKey | readonly SealKey[];
}

/** The sealed values in their order; an absent one differs from an empty one. */
export type SealedParts = readonly (string | undefined)[];

/** A seal as it is stored. */
export interface Seal {
  /** The name of the key. */
  readonly key: string;
  /** HMAC-SHA-256 as base64url text. */
  readonly mac: string;
}

/** Seals and checks one kind of stored event. */
export interface Sealer {
  /** @param arrivedAt milliseconds since 1970 @throws secret_invalid if every key is retired */
  seal(parts: SealedParts, arrivedAt: number): Promise<Seal>;
  /** The verdict on a seal. `unknown_key`: none of the keys has its name, so another process may still open it. */
  check(parts: SealedParts, arrivedAt: number, seal: Seal): Promise<'genuine' | 'altered' | 'unknown_key'>;
}

interface GivenKey {
  readonly bytes: Uint8Array;
  readonly id?: string | undefined;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
}

interface HeldKey {
  readonly id: string;
  readonly mac: ReturnType<typeof crypto.createMacKey>;
  readonly notAfter: number;
}

const mostKeys = 8;
const minBytes = 32;
const salt = encodeUtf8('countersign');

/**
 * Makes the seals of one purpose, such as `job 1`. The purpose is part of each key and of each sealed text, so that a seal of one means
 * nothing to another.
 *
 * Without keys, those of the receiver's secrets are derived. A MAC key is always derived (HKDF-SHA-256), under a label that no sender's scheme
 * uses, never by HMAC(secret, label): a secret also signs texts that senders, and in some handshakes strangers, choose.
 *
 * @param secrets shared secrets that are known when the receiver is built, newest first
 * @throws secret_invalid for a missing, short or placeholder key
 */
export function createSealer(
  purpose: string,
  options: SealOptions | undefined,
  secrets: readonly Uint8Array[],
): Sealer {
  if (options === undefined && secrets.length === 0)
    throw secretError(
      'seal.keys',
      'This receiver has no fixed, shared secrets to derive a key from (public keys, tenants and functions have none), so set seal: { keys: process.env.COUNTERSIGN_SEAL_KEY }: at least 32 random bytes, the same in every process.',
    );
  const given =
    options === undefined ? secrets.map((bytes): GivenKey => ({ bytes, notAfter: Infinity })) : keysIn(options);
  let held: Promise<readonly HeldKey[]> | undefined;
  const keys = () => {
    held ??= Promise.all(given.map((one) => hold(one, purpose)));
    return held;
  };
  /** Each part after its length, so that nothing moves to its neighbour. */
  const textOf = (parts: SealedParts) => [purpose, ...parts].map(lengthFirst).join('');
  return {
    async seal(parts, arrivedAt) {
      const key = (await keys()).find(({ notAfter }) => arrivedAt <= notAfter);
      if (key === undefined) throw secretError('seal.keys', 'Every key is past its notAfter. Put a new one first.');
      return { key: key.id, mac: encodeBase64Url(await key.mac.mac([textOf(parts)])) };
    },
    async check(parts, arrivedAt, { key: id, mac }) {
      const named = (await keys()).filter((key) => key.id === id);
      if (named.length === 0) return 'unknown_key';
      const candidate = decodeBase64Url(mac);
      let verdict: 'genuine' | 'altered' = 'altered';
      for (const key of named) {
        const isMatch = candidate !== undefined && (await key.mac.matches([textOf(parts)], [candidate]));
        if (isMatch && arrivedAt <= key.notAfter) verdict = 'genuine';
      }
      return verdict;
    },
  };
}

async function hold({ bytes, id, notAfter }: GivenKey, purpose: string): Promise<HeldKey> {
  return {
    id: id ?? encodeBase64Url((await derive(bytes, 'countersign: the name of a seal key')).subarray(0, 6)),
    mac: crypto.createMacKey('SHA-256', await derive(bytes, `countersign: the seal of ${purpose}`)),
    notAfter,
  };
}

/** HKDF-SHA-256 (RFC 5869, sections 2.2 and 2.3) with one block of output. */
async function derive(secret: Uint8Array, label: string): Promise<Uint8Array> {
  const pseudorandom = await crypto.createMacKey('SHA-256', salt).mac([secret]);
  return crypto.createMacKey('SHA-256', pseudorandom).mac([label, new Uint8Array([1])]);
}

function keysIn({ keys }: SealOptions): readonly GivenKey[] {
  const list: readonly unknown[] = Array.isArray(keys) ? keys : [keys];
  if (list.length === 0 || list.length > mostKeys) throw secretError('seal.keys', 'Expected 1 to 8 keys.');
  return list.map((one, index) => {
    const at = list.length === 1 ? 'seal.keys' : `seal.keys[${index}]`;
    const { value, id, notAfter } = describe(one);
    if (id !== undefined && (typeof id !== 'string' || !/^[\w-]{1,20}$/.test(id)))
      throw secretError(`${at}.id`, 'Expected 1 to 20 letters, digits, - and _.');
    if (notAfter !== undefined && !(notAfter instanceof Date && !Number.isNaN(notAfter.getTime())))
      throw secretError(`${at}.notAfter`, 'Expected a valid Date.');
    const [bytes] = decodeReadings(value, { minBytes }, false, at) as [Uint8Array];
    return { bytes, id, notAfter: notAfter?.getTime() ?? Infinity };
  });
}

function describe(one: unknown): { value: unknown; id?: unknown; notAfter?: unknown } {
  const isDescribed = typeof one === 'object' && one !== null && !ArrayBuffer.isView(one);
  return isDescribed ? (one as { value: unknown }) : { value: one };
}
