/** Stripe: the preset with the payloads of the package stripe. */

import type { Provider } from '@countersign/core';
import type Stripe from 'stripe';
import type { StripeEvents as NamedStripeEvents } from '../events/stripe.ts';
import { stripe as preset } from '../stripe.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

/**
 * The events of Stripe. Payloads: the union `Stripe.Event` of stripe 23.1.0.
 *
 * Thin events, whose names begin with `v1.` or `v2.`, keep the form that all events have in common. A payload has the
 * form of the endpoint’s API version; the package’s types are those of its own. Fields of type `Stripe.Decimal` are
 * text in a delivery: the package makes decimals of what its API answers, and not of webhooks.
 */
export interface StripeEvents extends TypedEvents<NamedStripeEvents, ByType<Stripe.Event, 'type'>> {}

/**
 * The preset of Stripe with the payloads of the package stripe; at run time the same object as in
 * `@countersign/providers/stripe`.
 *
 * Install the package for its types: `npm install --save-dev stripe`. None of its code is loaded.
 *
 * @example
 * import { stripe } from '@countersign/providers/stripe/typed';
 *
 * const read = (event: EventOf<typeof stripe>) =>
 *   event.type === 'invoice.paid' ? event.payload.data.object.customer : undefined;
 */
export const stripe = preset as Provider<StripeEvents, 'secrets'>;
