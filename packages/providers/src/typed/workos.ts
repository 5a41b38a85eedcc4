/** WorkOS: the preset with the payloads of the package @workos-inc/node. */

import type { Provider } from '@countersign/core';
import type { EventResponse } from '@workos-inc/node';
import type { WorkOSEvents as NamedWorkOSEvents } from '../events/workos.ts';
import { workos as preset } from '../workos.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

/**
 * The events of WorkOS. Payloads: the union `EventResponse` of @workos-inc/node 11.0.0.
 *
 * The package’s `Event` is another form, with the names in camelCase that its `constructEvent` makes.
 */
export interface WorkOSEvents extends TypedEvents<NamedWorkOSEvents, ByType<EventResponse, 'event'>> {}

/**
 * The preset of WorkOS with the payloads of the package @workos-inc/node; at run time the same object as in
 * `@countersign/providers/workos`.
 *
 * Install the package for its types: `npm install --save-dev @workos-inc/node`. None of its code is loaded.
 *
 * @example
 * import { workos } from '@countersign/providers/workos/typed';
 *
 * const read = (event: EventOf<typeof workos>) =>
 *   event.type === 'user.created' ? event.payload.data.first_name : undefined;
 */
export const workos = preset as Provider<WorkOSEvents, 'secrets'>;
