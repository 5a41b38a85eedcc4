/** A key of any kind that can check whether it made a signature. */

import type { Chunk } from '../crypto/hmac.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { WebhookError } from '../errors.ts';
import type { SecretMarks } from './secret-mark.ts';

/** A key that can check whether it made one of several signatures of a text. */
export interface Matcher {
  matches(chunks: readonly Chunk[], candidates: readonly Uint8Array[]): boolean | Promise<boolean>;
}

/** A key and its name in a proof. */
export interface NamedMatcher {
  readonly id: string;
  readonly key: Matcher;
  /** The tenant whose secret it is, if a resolver of secrets named one. */
  readonly tenant?: string | undefined;
  /** The mark of a shared secret. */
  readonly marks?: SecretMarks | undefined;
}

/** Finds the keys to try. @throws WebhookError */
export type MatcherSource = (
  now: number,
  delivery: Delivery,
) => readonly NamedMatcher[] | Promise<readonly NamedMatcher[]>;

/** The keys with this name; all keys if none is named, or if they have no names. @throws key_unknown */
export function selectKeys(keys: readonly NamedMatcher[], keyId: string | undefined): readonly NamedMatcher[] {
  const areNamed = keys.some(({ id }, index) => id !== String(index));
  if (keyId === undefined || !areNamed) return keys;
  const named = keys.filter(({ id }) => id === keyId);
  if (named.length === 0) throw new WebhookError('key_unknown', { at: 'keyid' });
  return named;
}
