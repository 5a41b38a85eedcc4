/** LINE Messaging API: the preset with the payloads of the package @line/bot-sdk. */

import type { Provider } from '@countersign/core';
import type { webhook } from '@line/bot-sdk';
import type { LineEvents as NamedLineEvents } from '../events/line.ts';
import { line as preset } from '../line.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

/**
 * The events of LINE Messaging API. Payloads: the union `webhook.Event` of @line/bot-sdk 11.2.0.
 *
 * A delivery is a batch; the payload is one event of it.
 */
export interface LineEvents extends TypedEvents<NamedLineEvents, ByType<webhook.Event, 'type'>> {}

/**
 * The preset of LINE Messaging API with the payloads of the package @line/bot-sdk; at run time the same object as in
 * `@countersign/providers/line`.
 *
 * Install the package for its types: `npm install --save-dev @line/bot-sdk`. None of its code is loaded.
 *
 * @example
 * import { line } from '@countersign/providers/line/typed';
 *
 * const read = (event: EventOf<typeof line>) =>
 *   event.type === 'message' ? event.payload.message.type : undefined;
 */
export const line = preset as Provider<LineEvents, 'secrets'>;
