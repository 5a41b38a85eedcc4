/** Chargebee: the preset with the payloads of the package chargebee. */

import type { Provider } from '@countersign/core';
import type { WebhookContentMap, WebhookEvent } from 'chargebee';
import { chargebee as preset } from '../chargebee.ts';
import type { ChargebeeEvents as NamedChargebeeEvents } from '../events/chargebee.ts';
import type { TextOf, TypedEvents } from './typed-events.ts';

type ByContent = {
  readonly [Name in keyof WebhookContentMap as TextOf<Name>]: Omit<WebhookEvent<Name>, 'event_type'> & {
    readonly event_type: TextOf<Name>;
  };
};

/**
 * The events of Chargebee. Payloads: the map `WebhookContentMap`, each in its `WebhookEvent`, of chargebee 3.33.0.
 *
 * The form of `content` is that of the API version that the webhook is configured for.
 */
export interface ChargebeeEvents extends TypedEvents<NamedChargebeeEvents, ByContent> {}

/**
 * The preset of Chargebee with the payloads of the package chargebee; at run time the same object as in
 * `@countersign/providers/chargebee`.
 *
 * Install the package for its types: `npm install --save-dev chargebee`. None of its code is loaded.
 *
 * @example
 * import { chargebee } from '@countersign/providers/chargebee/typed';
 *
 * const read = (event: EventOf<typeof chargebee>) =>
 *   event.type === 'subscription_created' ? event.payload.content.subscription.id : undefined;
 */
export const chargebee = preset as Provider<ChargebeeEvents, 'secrets'>;
