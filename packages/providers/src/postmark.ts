/** Postmark: name and password in the URL of the webhook. */

import { sharedToken } from '@countersign/core';
import { definePreset } from '@countersign/core/preset';
import type { PostmarkEvents } from './events/postmark.ts';

export type { PostmarkEvents } from './events/postmark.ts';

/**
 * Postmark sends name and password from the webhook’s URL as Basic authentication. The secret of the receiver
 * is `name:password`.
 *
 * No field names one event: opens and clicks of a message repeat its `MessageID`, and several recipients share one. Each
 * body has a time, so its digest identifies the event. Postmark wants a 200; a 403 ends the retries.
 *
 * The token is not bound to the delivery: anyone who has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see https://postmarkapp.com/developer/webhooks/webhooks-overview (read 2026-11-26)
 */
export const postmark = definePreset<PostmarkEvents>({
  name: 'postmark',
  title: 'Postmark',
  scheme: sharedToken({ token: { header: 'authorization', scheme: 'Basic' } }),
  eventType: { json: 'RecordType' },
  identity: {
    bytesRepeat: false,
    source: 'https://postmarkapp.com/email-webhooks, read 2026-11-26',
    note: 'Each body has the time of its event, such as BouncedAt, ReceivedAt or DeliveredAt.',
  },
  retries: {
    delaysSeconds: [60, 300, 600, 600, 600, 900, 1800, 3600, 7200, 21_600],
    horizonSeconds: 37_260,
    finalOn: [403],
    note: 'This is for bounces and inbound mail; clicks, opens, deliveries and subscription changes are retried after 1, 5 and 15 minutes. A 403 stops them.',
  },
  secretHelp: 'name:password, as you put them into the webhook’s URL.',
  source: {
    title: 'Postmark documentation, Webhooks overview',
    url: 'https://postmarkapp.com/developer/webhooks/webhooks-overview',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unsaid: ['How spam complaints are retried, and how many seconds the sender waits for a response.'],
});
