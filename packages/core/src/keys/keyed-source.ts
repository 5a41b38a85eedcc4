/** Public keys for schemes whose deliveries name their key: given in the options, or found by the app. */

import type { SignatureAlgorithm } from '../crypto/signature-algorithm.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { resolveKeys } from './ask-resolver.ts';
import { checkKeys, createInlineKeys, importKey } from './inline-keys.ts';
import type { KeyInput } from './key.ts';
import { type NamedMatcher, selectKeys } from './matcher.ts';

/** @throws WebhookError for an unknown key, or if the app's resolver fails */
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
