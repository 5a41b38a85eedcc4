/** Event names of Postmark, from its package for Node. Inbound mail has none. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const postmark = {
  source: {
    title: 'Postmark’s package for Node, postmark 5.1.0, dist/client/models/webhooks/payload',
    url: 'https://www.npmjs.com/package/postmark/v/5.1.0',
    readOn: '2026-11-27',
  },
  names: ['Bounce', 'Click', 'Delivery', 'Open', 'SpamComplaint', 'SubscriptionChange'],
  always: [],
} as const satisfies SenderEvents;

/** The events of Postmark, with unknown payloads. */
export interface PostmarkEvents extends NamedEvents<typeof postmark> {}
