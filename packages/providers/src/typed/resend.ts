/** Resend: the preset with the payloads of the package resend. */

import type { Provider } from '@countersign/core';
import type { WebhookEventPayload } from 'resend';
import type { ResendEvents as NamedResendEvents } from '../events/resend.ts';
import { resend as preset } from '../resend.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

/**
 * The events of Resend. Payloads: the union `WebhookEventPayload` of resend 6.38.0.
 */
export interface ResendEvents extends TypedEvents<NamedResendEvents, ByType<WebhookEventPayload, 'type'>> {}

/**
 * The preset of Resend with the payloads of the package resend; at run time the same object as in
 * `@countersign/providers/resend`.
 *
 * Install the package for its types: `npm install --save-dev resend`. None of its code is loaded.
 *
 * @example
 * import { resend } from '@countersign/providers/resend/typed';
 *
 * const read = (event: EventOf<typeof resend>) =>
 *   event.type === 'email.bounced' ? event.payload.data.bounce.message : undefined;
 */
export const resend = preset as Provider<ResendEvents, 'secrets'>;
