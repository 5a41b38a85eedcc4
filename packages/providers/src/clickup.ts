/** ClickUp: HMAC-SHA-256 over the raw body. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { ClickUpEvents } from './events/clickup.ts';

export type { ClickUpEvents } from './events/clickup.ts';

/**
 * ClickUp signs the body in `X-Signature`, in hexadecimal. Other senders use the same header in other ways.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://developer.clickup.com/docs/webhooksignature (read 2026-11-20)
 */
export const clickup = definePreset<ClickUpEvents>({
  name: 'clickup',
  title: 'ClickUp',
  scheme: rawBodyHmac({ header: 'x-signature' }),
  eventId: { json: ['webhook_id', 'event', 'history_items.0.id'], join: ':' },
  eventType: { json: 'event' },
  identity: {
    bytesRepeat: true,
    source: 'Public code with ClickUp’s example of taskDeleted (read 2026-11-26)',
    note: 'taskDeleted has the task, the webhook and nothing else: a task that is deleted, restored and deleted again gives the same bytes. No header has an id, so nothing distinguishes the second one from a retry.',
  },
  secretHelp: '`webhook.secret` in the response that created the webhook.',
  wrongSecrets: { pk_: 'a personal API token' },
  source: {
    title: 'ClickUp documentation, Webhook signature',
    url: 'https://developer.clickup.com/docs/webhooksignature',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['That the first history item’s id, with webhook and event, identifies the event.'],
  unsaid: ['How deliveries are retried, and how long the sender waits for a response.'],
});
