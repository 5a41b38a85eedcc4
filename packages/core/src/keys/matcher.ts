/** A key that can tell whether it made a signature, whatever its kind. */

import type { Chunk } from '../crypto/hmac.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { WebhookError } from '../errors.ts';
import type { SecretMarks } from './secret-mark.ts';

/** A key that can tell whether it made one of several signatures over a text. */
export interface Matcher {
  matches(chunks: readonly Chunk[], candidates: readonly Uint8Array[]): boolean | Promise<boolean>;
}

/** A key and the name under which a proof tells of it. */
export interface NamedMatcher {
  readonly id: string;
  readonly key: Matcher;
  /** Whose secret it is, where a resolver of secrets said so. */
  readonly tenant?: string | undefined;
  /** Of a shared secret. */
  readonly marks?: SecretMarks | undefined;
}

/** Finds the keys to try. @throws WebhookError */
export type MatcherSource = (
  now: number,
  delivery: Delivery,
) => readonly NamedMatcher[] | Promise<readonly NamedMatcher[]>;

/** The keys that a name stands for; all of them where none is named, or where they have no names. @throws key_unknown */
export function selectKeys(keys: readonly NamedMatcher[], keyId: string | undefined): readonly NamedMatcher[] {
  const areNamed = keys.some(({ id }, index) => id !== String(index));
  if (keyId === undefined || !areNamed) return keys;
  const named = keys.filter(({ id }) => id === keyId);
  if (named.length === 0) throw new WebhookError('key_unknown', { at: 'keyid' });
  return named;
}
