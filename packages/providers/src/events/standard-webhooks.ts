/** Standard Webhooks leaves the names of events to each sender. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const standardWebhooks = {
  none: 'Each sender that follows Standard Webhooks chooses the names of its events.',
  always: ['id'],
} as const satisfies SenderEvents;

/** The events of Standard Webhooks, with unknown payloads. */
export interface StandardWebhooksEvents extends NamedEvents<typeof standardWebhooks> {}
