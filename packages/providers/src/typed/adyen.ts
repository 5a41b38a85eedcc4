/** Adyen: the preset with the payloads of the package @adyen/api-library. */

import type { Types } from '@adyen/api-library';
import type { Provider } from '@countersign/core';
import { adyen as preset } from '../adyen.ts';
import type { AdyenEvents as NamedAdyenEvents } from '../events/adyen.ts';
import type { AsJson, ForEach, TypedEvents } from './typed-events.ts';

/** The class of the package as its JSON. */
type Notification = AsJson<Types.notification.NotificationRequestItem>;

type EventCode = Types.notification.NotificationRequestItem.EventCodeEnum;

/**
 * The events of Adyen. Payloads: `Types.notification.NotificationRequestItem` of @adyen/api-library 32.1.0.
 *
 * A delivery is a batch; the payload is one notification of it.
 */
export interface AdyenEvents
  extends TypedEvents<
    NamedAdyenEvents,
    ForEach<`${EventCode}`, Notification, 'eventCode'> & {
      readonly otherwise: Omit<Notification, 'eventCode'> & { readonly eventCode: string };
    }
  > {}

/**
 * The preset of Adyen with the payloads of the package @adyen/api-library; at run time the same object as in
 * `@countersign/providers/adyen`.
 *
 * Install the package for its types: `npm install --save-dev @adyen/api-library`. None of its code is loaded.
 *
 * @example
 * import { adyen } from '@countersign/providers/adyen/typed';
 *
 * const read = (event: EventOf<typeof adyen>) =>
 *   event.type === 'AUTHORISATION' ? event.payload.amount.value : undefined;
 */
export const adyen = preset as Provider<AdyenEvents, 'secrets'>;
