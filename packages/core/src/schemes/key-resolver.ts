/** Asks the app for the keys that a delivery names. */

import { type Delivery, UnverifiedDelivery } from '../delivery.ts';
import { isWebhookError, WebhookError } from '../errors.ts';
import { withTimeout } from '../with-timeout.ts';
import type { KeyInput, KeyResolver } from './scheme.ts';

const resolverTimeoutSeconds = 5;

/** Asks the app for keys. @throws key_unknown for an empty array; key_unavailable where it throws or takes longer than 5 s */
export async function resolveKeys(
  resolve: KeyResolver,
  keyId: string | undefined,
  delivery: Delivery,
): Promise<Exclude<KeyInput, KeyResolver>> {
  const late = () => new Error(`The resolver did not answer within ${resolverTimeoutSeconds} s.`);
  try {
    const answer = (async () => resolve(keyId, new UnverifiedDelivery(delivery)))();
    const keys = await withTimeout(answer, resolverTimeoutSeconds, late);
    if (Array.isArray(keys) && keys.length === 0) throw new WebhookError('key_unknown', { at: 'keys()' });
    if (keys === undefined || keys === null) {
      const hint = 'It returned nothing. Return an empty array for a key that is not known.';
      throw new WebhookError('secret_invalid', { at: 'keys()', hint });
    }
    return keys;
  } catch (cause) {
    if (isWebhookError(cause)) throw cause;
    throw new WebhookError('key_unavailable', { at: 'keys()', retryAfterSeconds: resolverTimeoutSeconds, cause });
  }
}
