/** Fixtures: signed deliveries of one sender, with their common values set once. */

import type { EventTypeOf, Provider } from '@countersign/core';
import { mergeValues } from './body-values.ts';
import { signDelivery } from './sign-delivery.ts';
import type { EventBody, OtherType, PartOf, SignedDelivery, SigningOptions } from './signing-options.ts';

/** Options of {@link deliveriesOf}: all of {@link SigningOptions} except those of a single delivery. */
export interface DeliveriesOptions<P extends Provider = Provider>
  extends Omit<SigningOptions<P>, 'type' | 'body' | 'payload' | 'id'> {
  /** Default payload values for each type. */
  readonly payloads?: { readonly [Type in EventTypeOf<P>]?: PartOf<EventBody<P, Type>> };
}

/** Signs one delivery: its type, its payload values in addition to or instead of the defaults, and other options. */
export type MakeDelivery<P extends Provider> = <Type extends EventTypeOf<P> | OtherType>(
  type: Type,
  payload?: PartOf<EventBody<P, Type>>,
  options?: Omit<SigningOptions<P>, 'type' | 'body' | 'payload'>,
) => Promise<SignedDelivery>;

/**
 * Makes a function that signs deliveries of one sender; with a typed provider, it knows the types and their payloads.
 *
 * @example
 * const deliveryOf = deliveriesOf(shop, { secret, payloads: { 'order.paid': { currency: 'EUR' } } });
 * const delivery = await deliveryOf('order.paid', { amount: 5 });
 *
 * @throws nothing itself; a delivery rejects as {@link signDelivery} does
 */
export function deliveriesOf<P extends Provider>(
  provider: P,
  { payloads = {}, ...shared }: DeliveriesOptions<P>,
): MakeDelivery<P> {
  const defaults = new Map<string, unknown>(Object.entries(payloads));
  return async (type, payload, options) => {
    const merged = mergeValues(defaults.get(type) ?? {}, payload ?? {}) as object;
    return signDelivery<Provider, string>(provider, { ...shared, ...options, type, payload: merged } as SigningOptions);
  };
}
