/** Public keys for schemes whose deliveries name their key: given in the options, or found by the app. */

import type { SignatureAlgorithm } from '../crypto/signature-algorithm.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { createAskedKeys, createInlineKeys } from './inline-keys.ts';
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
    const ask = createAskedKeys(input, algorithm);
    return (keyId, _, delivery) => ask(keyId, delivery);
  }
  const find = createInlineKeys(input, algorithm, undefined);
  return async (keyId, now, delivery) => selectKeys(await find(now, delivery), keyId);
}
