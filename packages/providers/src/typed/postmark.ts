/** Postmark: the preset with the payloads of the package postmark. */

import type { Provider } from '@countersign/core';
import type { Models } from 'postmark';
import type { PostmarkEvents as NamedPostmarkEvents } from '../events/postmark.ts';
import { postmark as preset } from '../postmark.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

/** The union of the payloads with a record type, which the package does not have itself. */
export type PostmarkPayload =
  | Models.BounceWebhook
  | Models.ClickWebhook
  | Models.DeliveryWebhook
  | Models.OpenWebhook
  | Models.SpamComplaintWebhook
  | Models.SubscriptionChangeWebhook;

/**
 * The events of Postmark. Payloads: one interface for each record type, such as `Models.BounceWebhook`, of postmark
 * 5.1.0.
 *
 * Inbound mail has no record type and an unknown payload here; the package has its type (`Models.InboundWebhook`).
 */
export interface PostmarkEvents extends TypedEvents<NamedPostmarkEvents, ByType<PostmarkPayload, 'RecordType'>> {}

/**
 * The preset of Postmark with the payloads of the package postmark; at run time the same object as in
 * `@countersign/providers/postmark`.
 *
 * Install the package for its types: `npm install --save-dev postmark`. None of its code is loaded.
 *
 * @example
 * import { postmark } from '@countersign/providers/postmark/typed';
 *
 * const read = (event: EventOf<typeof postmark>) =>
 *   event.type === 'Bounce' ? event.payload.Description : undefined;
 */
export const postmark = preset as Provider<PostmarkEvents, 'secrets'>;
