/** The part of a secret in the record of an event: enough to detect a different secret, and far too little to find it. */

import { crypto } from '#crypto';
import { encodeBase64Url, encodeUtf8 } from '../encoding.ts';

/** Three characters derived from a secret: 16 bits, the same for the same secret. Computed on first use. */
export type SecretMark = () => Promise<string>;

/** The mark of the secret that matched, and those of all secrets that the receiver has or had at that time, including retired ones. */
export interface SecretMarks {
  readonly own: SecretMark;
  readonly known: readonly SecretMark[];
}

const salt = encodeUtf8('countersign');
const info = 'the secret behind a record';

/** HKDF-SHA-256 (RFC 5869), its first two bytes as base64url text. */
export function createSecretMark(secret: Uint8Array): SecretMark {
  let mark: Promise<string> | undefined;
  const make = async () => {
    const key = await crypto.createMacKey('SHA-256', salt).mac([secret]);
    const block = await crypto.createMacKey('SHA-256', key).mac([info, new Uint8Array([1])]);
    return encodeBase64Url(block.subarray(0, 2));
  };
  return () => {
    mark ??= make();
    return mark;
  };
}
