/** Secrets and keys from a cache, which may be out of date. */

import { type Delivery, UnverifiedDelivery } from '../delivery/delivery.ts';
import type { WebhookError } from '../errors.ts';

/** A resolver with a cache carries its way to forget under this name; the same in every copy of this package. */
export const forgetKey: unique symbol = Symbol.for('countersign.cache.forget');

/**
 * Forgets what a refused delivery was checked with.
 *
 * @param askedAt when the check began, by `performance.now()`
 * @returns true if the resolver may find something else now
 */
export type Forget = (delivery: UnverifiedDelivery, askedAt: number) => boolean;

/** True if a refused delivery is to be checked once more, since the secrets or keys came from a cache. */
export function mayFindMore(
  { secrets, keys }: { readonly secrets: unknown; readonly keys: unknown },
  { code }: WebhookError,
  delivery: Delivery,
  askedAt: number,
): boolean {
  if (code !== 'signature_mismatch' && code !== 'key_unknown') return false;
  return [secrets, keys].some((resolver) => {
    const forget = (resolver as { readonly [forgetKey]?: Forget } | undefined)?.[forgetKey];
    return forget?.(new UnverifiedDelivery(delivery), askedAt) === true;
  });
}
