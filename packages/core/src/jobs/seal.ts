/** The seal of a job: a MAC that only a holder of the key can make, over every part of what is stored. */

import { crypto } from '#crypto';
import { decodeBase64Url, encodeBase64Url, encodeUtf8 } from '../encoding.ts';
import { WebhookError } from '../errors.ts';
import { lengthFirst } from '../event/identity.ts';
import { decodeReadings } from '../keys/decode-secret.ts';
import { secretError } from '../options/option-values.ts';

/**
 * A key for seals: at least 32 bytes, random and used for nothing else; text is used as its UTF-8 bytes.
 *
 * With `notAfter` it is retired: nothing is sealed with it after that time, and a job that arrived later is refused.
 */
export type SealKey =
  | string
  | Uint8Array
  | {
      readonly value: string | Uint8Array;
      /** Names the key in a job. Default: a fingerprint of the key. */
      readonly id?: string;
      readonly notAfter?: Date;
    };

/** Options of the seal. */
export interface SealOptions {
  /** One key, or several, newest first, at most 8. Jobs are sealed with the first that is not retired. */
  readonly keys: SealKey | readonly SealKey[];
}

/** Checked keys. */
export interface Sealer {
  /** @throws secret_invalid if every key is retired */
  seal(parts: readonly Part[], arrivedAt: number): Promise<Seal>;
  /** @throws job_key_unknown, job_forged */
  check(parts: readonly Part[], arrivedAt: number, seal: Seal): Promise<void>;
}

/** One part of the sealed text; an absent one differs from an empty one. */
export type Part = string | undefined;

/** The seal as it is stored. */
export interface Seal {
  /** The name of the key. */
  readonly key: string;
  /** HMAC-SHA-256 as base64url text. */
  readonly mac: string;
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
 * The MAC key is always derived, under a label that no sender's scheme uses: a secret also signs what senders, and some handshakes
 * strangers, choose.
 */
const labels = { key: 'countersign: the seal of a job, 1', id: 'countersign: the name of a seal key, 1' } as const;

/** HKDF-SHA-256 (RFC 5869, sections 2.2 and 2.3) with one block of output. */
async function derive(secret: Uint8Array, label: string): Promise<Uint8Array> {
  const pseudorandom = await crypto.createMacKey('SHA-256', salt).mac([secret]);
  return crypto.createMacKey('SHA-256', pseudorandom).mac([label, new Uint8Array([1])]);
}

/**
 * Keys as an app gives them. @throws secret_invalid for a missing, short or placeholder key
 */
export function sealerOf({ keys }: SealOptions): Sealer {
  const list: readonly unknown[] = Array.isArray(keys) ? keys : [keys];
  if (list.length === 0 || list.length > mostKeys) throw secretError('seal.keys', 'Expected 1 to 8 keys.');
  const given = list.map((one, index) => {
    const at = list.length === 1 ? 'seal.keys' : `seal.keys[${index}]`;
    const { value, id, notAfter } = describe(one);
    if (id !== undefined && (typeof id !== 'string' || id === ''))
      throw secretError(`${at}.id`, 'Expected a non-empty string.');
    if (notAfter !== undefined && !(notAfter instanceof Date && !Number.isNaN(notAfter.getTime())))
      throw secretError(`${at}.notAfter`, 'Expected a valid Date.');
    const [bytes] = decodeReadings(value, { minBytes }, false, at) as [Uint8Array];
    return { bytes, id, notAfter: notAfter?.getTime() ?? Number.POSITIVE_INFINITY };
  });
  return createSealer(given);
}

function describe(one: unknown): { value: unknown; id?: unknown; notAfter?: unknown } {
  const isDescribed = typeof one === 'object' && one !== null && !ArrayBuffer.isView(one);
  return isDescribed ? (one as { value: unknown }) : { value: one };
}

/** Keys derived from a receiver's own secrets, newest first. */
export function sealerFromSecrets(secrets: readonly Uint8Array[]): Sealer {
  return createSealer(secrets.map((bytes) => ({ bytes, id: undefined, notAfter: Number.POSITIVE_INFINITY })));
}

interface GivenKey {
  readonly bytes: Uint8Array;
  readonly id: string | undefined;
  readonly notAfter: number;
}

function createSealer(given: readonly GivenKey[]): Sealer {
  let held: Promise<readonly HeldKey[]> | undefined;
  const keys = () => {
    held ??= Promise.all(
      given.map(async ({ bytes, id, notAfter }) => ({
        id: id ?? encodeBase64Url((await derive(bytes, labels.id)).subarray(0, 6)),
        mac: crypto.createMacKey('SHA-256', await derive(bytes, labels.key)),
        notAfter,
      })),
    );
    return held;
  };
  return {
    async seal(parts, arrivedAt) {
      const key = (await keys()).find(({ notAfter }) => arrivedAt <= notAfter);
      if (key === undefined) throw secretError('seal.keys', 'Every key is past its notAfter. Put a new one first.');
      return { key: key.id, mac: encodeBase64Url(await key.mac.mac([textOf(parts)])) };
    },
    async check(parts, arrivedAt, { key: id, mac }) {
      const named = (await keys()).filter((key) => key.id === id);
      if (named.length === 0) throw new WebhookError('job_key_unknown');
      const candidate = decodeBase64Url(mac);
      let isGenuine = false;
      for (const key of named) {
        const isMatch = candidate !== undefined && (await key.mac.matches([textOf(parts)], [candidate]));
        if (isMatch && arrivedAt <= key.notAfter) isGenuine = true;
      }
      if (!isGenuine) throw new WebhookError('job_forged');
    },
  };
}

/** Each part after its number of bytes, so that nothing moves to its neighbour. */
function textOf(parts: readonly Part[]): string {
  return parts.map(lengthFirst).join('');
}
