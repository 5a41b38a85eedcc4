/** GoCardless: the preset with the payloads of the package gocardless-nodejs. */

import type { Provider } from '@countersign/core';
import type { Event } from 'gocardless-nodejs';
import type { GoCardlessEvents as NamedGoCardlessEvents } from '../events/gocardless.ts';
import { gocardless as preset } from '../gocardless.ts';
import type { TypedEvents } from './typed-events.ts';

type ResourceType = NonNullable<Event['resource_type']>;

type ByAction<Names> = {
  readonly [Name in Names as Name extends `${ResourceType}.${string}`
    ? Name
    : never]: Name extends `${infer Type extends ResourceType}.${infer Action}`
    ? Omit<Event, 'resource_type' | 'action'> & { readonly resource_type: Type; readonly action: Action }
    : never;
};

/**
 * The events of GoCardless. Payloads: `Event` of gocardless-nodejs 10.1.2.
 *
 * A delivery is a batch; the payload is one event of it. A name is its resource type and its action, such as
 * `payments.confirmed`.
 */
export interface GoCardlessEvents
  extends TypedEvents<NamedGoCardlessEvents, ByAction<keyof NamedGoCardlessEvents> & { readonly otherwise: Event }> {}

/**
 * The preset of GoCardless with the payloads of the package gocardless-nodejs; at run time the same object as in
 * `@countersign/providers/gocardless`.
 *
 * Install the package for its types: `npm install --save-dev gocardless-nodejs`. None of its code is loaded.
 *
 * @example
 * import { gocardless } from '@countersign/providers/gocardless/typed';
 *
 * const read = (event: EventOf<typeof gocardless>) =>
 *   event.type === 'payments.confirmed' ? event.payload.links?.payment : undefined;
 */
export const gocardless = preset as Provider<GoCardlessEvents, 'secrets'>;
