/** Public keys for schemes whose deliveries say which key they were signed with: given, or found by the app. */

import type { SignatureAlgorithm } from '../crypto/signature-algorithm.ts';
import type { Delivery } from '../delivery.ts';
import { WebhookError } from '../errors.ts';
import { checkKeys, createInlineKeys, importKey } from './inline-keys.ts';
import { resolveKeys } from './key-resolver.ts';
import type { KeyInput } from './scheme.ts';
import type { NamedMatcher } from './signature-scheme.ts';

/** @throws WebhookError for an unknown key, or when the app's resolver fails */
export type KeyedSource = (
  keyId: string | undefined,
  now: number,
  delivery: Delivery,
) => Promise<readonly NamedMatcher[]>;

/** @throws secret_invalid, options_invalid */
export function createKeyedSource(input: KeyInput | undefined, algorithm: SignatureAlgorithm): KeyedSource {
  if (typeof input === 'function') {
    return async (keyId, _, delivery) => {
      const keys = await resolveKeys(input, keyId, delivery);
      return Promise.all(
        checkKeys(keys, algorithm).map(async ({ id, spki }) => ({
          id: keyId ?? id,
          key: await importKey(algorithm, spki, 'keys()'),
        })),
      );
    };
  }
  const find = createInlineKeys(input, algorithm, undefined);
  return async (keyId, now, delivery) => selectKeys(await find(now, delivery), keyId);
}

/** The keys that a name stands for; all of them where none is named, or where they have no names. @throws key_unknown */
export function selectKeys(keys: readonly NamedMatcher[], keyId: string | undefined): readonly NamedMatcher[] {
  const areNamed = keys.some(({ id }, index) => id !== String(index));
  if (keyId === undefined || !areNamed) return keys;
  const named = keys.filter(({ id }) => id === keyId);
  if (named.length === 0) throw new WebhookError('key_unknown', { at: 'keyid' });
  return named;
}
