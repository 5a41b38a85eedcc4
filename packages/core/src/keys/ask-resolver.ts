/** Asks the app for the secrets or keys of an unverified delivery. */

import { type Delivery, UnverifiedDelivery } from '../delivery/delivery.ts';
import { isWebhookError, WebhookError } from '../errors.ts';
import { withTimeout } from '../with-timeout.ts';
import type { KeyInput, KeyResolver } from './key.ts';

const timeoutSeconds = 5;

/**
 * Calls a resolver.
 *
 * @param at the option's name in errors
 * @throws key_unavailable if it throws or takes longer than 5 s
 */
export async function askResolver(
  at: 'secrets()' | 'keys()',
  resolve: (delivery: UnverifiedDelivery) => unknown,
  delivery: Delivery,
): Promise<unknown> {
  const unavailable = (hint: string, cause?: unknown) =>
    new WebhookError('key_unavailable', { at, hint, retryAfterSeconds: timeoutSeconds, cause });
  try {
    const answer = (async () => resolve(new UnverifiedDelivery(delivery)))();
    return await withTimeout(answer, timeoutSeconds, () =>
      unavailable(`The function did not answer within ${timeoutSeconds} s.`),
    );
  } catch (cause) {
    if (isWebhookError(cause)) throw cause;
    throw unavailable('The function threw.', cause);
  }
}

/**
 * Asks for public keys. @throws key_unknown for an empty array, secret_invalid for undefined, and everything that {@link askResolver}
 * throws
 */
export async function resolveKeys(
  resolve: KeyResolver,
  keyId: string | undefined,
  delivery: Delivery,
): Promise<Exclude<KeyInput, KeyResolver>> {
  const keys = await askResolver('keys()', (unverified) => resolve(keyId, unverified), delivery);
  if (Array.isArray(keys) && keys.length === 0) throw new WebhookError('key_unknown', { at: 'keys()' });
  if (keys === undefined || keys === null) {
    const hint = 'The function returned nothing. Return an empty array for an unknown key.';
    throw new WebhookError('secret_invalid', { at: 'keys()', hint });
  }
  return keys as Exclude<KeyInput, KeyResolver>;
}
