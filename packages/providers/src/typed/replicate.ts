/** Replicate: the preset with the payloads of the package replicate. */

import type { Provider } from '@countersign/core';
import type { Prediction } from 'replicate';
import type { ReplicateEvents as NamedReplicateEvents } from '../events/replicate.ts';
import { replicate as preset } from '../replicate.ts';
import type { TypedEvents } from './typed-events.ts';

/**
 * The events of Replicate. Payloads: `Prediction` of replicate 1.4.0.
 *
 * A webhook is the prediction itself and has no name; its status shows what happened.
 */
export interface ReplicateEvents extends TypedEvents<NamedReplicateEvents, { readonly [type: string]: Prediction }> {}

/**
 * The preset of Replicate with the payloads of the package replicate; at run time the same object as in
 * `@countersign/providers/replicate`.
 *
 * Install the package for its types: `npm install --save-dev replicate`. None of its code is loaded.
 *
 * @example
 * import { replicate } from '@countersign/providers/replicate/typed';
 *
 * const read = (event: EventOf<typeof replicate>) =>
 *   event.payload.status;
 */
export const replicate = preset as Provider<ReplicateEvents, 'secrets'>;
