/** Lithic: the preset with the payloads of the package lithic. */

import type { Provider } from '@countersign/core';
import type { Lithic } from 'lithic';
import type { LithicEvents as NamedLithicEvents } from '../events/lithic.ts';
import { lithic as preset } from '../lithic.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

/**
 * The events of Lithic. Payloads: the union `Lithic.ParsedWebhookEvent` of lithic 0.145.0.
 */
export interface LithicEvents extends TypedEvents<NamedLithicEvents, ByType<Lithic.ParsedWebhookEvent, 'event_type'>> {}

/**
 * The preset of Lithic with the payloads of the package lithic; at run time the same object as in
 * `@countersign/providers/lithic`.
 *
 * Install the package for its types: `npm install --save-dev lithic`. None of its code is loaded.
 *
 * @example
 * import { lithic } from '@countersign/providers/lithic/typed';
 *
 * const read = (event: EventOf<typeof lithic>) =>
 *   event.type === 'card.created' ? event.payload.card_token : undefined;
 */
export const lithic = preset as Provider<LithicEvents, 'secrets'>;
