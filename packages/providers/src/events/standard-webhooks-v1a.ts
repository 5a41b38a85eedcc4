/** Standard Webhooks leaves the names of events to each sender. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const standardWebhooksV1a = {
  none: 'Each sender that follows Standard Webhooks chooses the names of its events.',
  always: ['id'],
} as const satisfies SenderEvents;

/** The events of Standard Webhooks (asymmetric), with unknown payloads. */
export interface StandardWebhooksV1aEvents extends NamedEvents<typeof standardWebhooksV1a> {}
