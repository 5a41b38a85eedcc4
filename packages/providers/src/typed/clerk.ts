/** Clerk: the preset with the payloads of the package @clerk/backend. */

import type { WebhookEvent } from '@clerk/backend';
import type { Provider } from '@countersign/core';
import { clerk as preset } from '../clerk.ts';
import type { ClerkEvents as NamedClerkEvents } from '../events/clerk.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

/**
 * The events of Clerk. Payloads: the union `WebhookEvent` of @clerk/backend 3.25.0.
 */
export interface ClerkEvents extends TypedEvents<NamedClerkEvents, ByType<WebhookEvent, 'type'>> {}

/**
 * The preset of Clerk with the payloads of the package @clerk/backend; at run time the same object as in
 * `@countersign/providers/clerk`.
 *
 * Install the package for its types: `npm install --save-dev @clerk/backend`. None of its code is loaded.
 *
 * @example
 * import { clerk } from '@countersign/providers/clerk/typed';
 *
 * const read = (event: EventOf<typeof clerk>) =>
 *   event.type === 'user.created' ? event.payload.data.email_addresses : undefined;
 */
export const clerk = preset as Provider<ClerkEvents, 'secrets'>;
