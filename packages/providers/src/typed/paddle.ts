/** Paddle Billing: the preset with the payloads of the package @paddle/paddle-node-sdk. */

import type { Provider } from '@countersign/core';
import type { IEvents } from '@paddle/paddle-node-sdk';
import type { PaddleEvents as NamedPaddleEvents } from '../events/paddle.ts';
import { paddle as preset } from '../paddle.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

/**
 * The events of Paddle Billing. Payloads: the union `IEvents` of @paddle/paddle-node-sdk 3.10.0.
 *
 * The package’s `EventEntity` is another form, with the names in camelCase that its `unmarshal` makes.
 */
export interface PaddleEvents extends TypedEvents<NamedPaddleEvents, ByType<IEvents, 'event_type'>> {}

/**
 * The preset of Paddle Billing with the payloads of the package @paddle/paddle-node-sdk; at run time the same object as
 * in `@countersign/providers/paddle`.
 *
 * Install the package for its types: `npm install --save-dev @paddle/paddle-node-sdk`. None of its code is loaded.
 *
 * @example
 * import { paddle } from '@countersign/providers/paddle/typed';
 *
 * const read = (event: EventOf<typeof paddle>) =>
 *   event.type === 'transaction.completed' ? event.payload.data.customer_id : undefined;
 */
export const paddle = preset as Provider<PaddleEvents, 'secrets'>;
