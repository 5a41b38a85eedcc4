/** Zendesk: HMAC-SHA-256 over timestamp and body. */

import { definePreset, forms, hmac } from '@countersign/core/preset';
import type { ZendeskEvents } from './events/zendesk.ts';

export type { ZendeskEvents } from './events/zendesk.ts';

/**
 * Zendesk signs `{timestamp}{body}` in `X-Zendesk-Webhook-Signature`, in base64. The timestamp is text as in
 * ISO 8601 and signed as it is sent. The address is not signed.
 *
 * A webhook that subscribes to events always posts JSON with an `id`, a `type` and a `time`. For a webhook of a trigger or
 * an automation the user writes the payload and chooses method and format (JSON, form or XML): two events can have the
 * same bytes, or none at all. The id of the invocation, which stays the same in each of its attempts, therefore is part
 * of the identity of an event. With XML, use `{ ...zendesk, payload: 'text' }`.
 *
 * @see https://developer.zendesk.com/documentation/webhooks/anatomy-of-a-webhook-request (read 2026-11-26)
 * @see https://developer.zendesk.com/api-reference/webhooks/introduction (invocations and their attempts, read 2026-11-26)
 * @see https://developer.zendesk.com/documentation/webhooks/verifying/ (read 2026-11-20)
 */
export const zendesk = definePreset<ZendeskEvents>({
  name: 'zendesk',
  title: 'Zendesk',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-zendesk-webhook-signature', encoding: 'base64' },
    timestamp: { header: 'x-zendesk-webhook-signature-timestamp', unit: 'iso8601' },
    signs: ['timestamp', 'body'],
  }),
  eventId: { header: 'x-zendesk-webhook-invocation-id' },
  eventType: { json: 'type' },
  identity: {
    bytesRepeat: true,
    idKept: true,
    source:
      'https://developer.zendesk.com/documentation/webhooks/anatomy-of-a-webhook-request (payloads written by the user) and https://developer.zendesk.com/api-reference/webhooks/introduction (an invocation has several attempts); read 2026-11-26',
    note: 'The payload of a trigger is written by the user; with one that names only the ticket, two updates of a ticket have the same bytes.',
  },
  ...forms,
  payload: 'json_or_form',
  methods: ['POST', 'PUT', 'PATCH', 'DELETE', 'GET'],
  responseDeadlineSeconds: 12,
  retries: {
    retriedOn: [409, 429, 503],
    note: 'After a timeout up to five times; after 409 up to three times; after 429 and 503 with a short Retry-After. When 70 % of the requests fail within five minutes, or more than 1,000, Zendesk pauses.',
  },
  secretHelp: 'The signing secret of the webhook, used as text.',
  source: {
    title: 'Zendesk documentation, Anatomy of a webhook request',
    url: 'https://developer.zendesk.com/documentation/webhooks/anatomy-of-a-webhook-request',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unverified: ['The place of the type.', 'The deadline and the numbers of retries, which public guides quote.'],
  unsaid: [
    'The maximum age of a delivery; the preset uses 300 seconds.',
    'When retries come, and whether they are signed again.',
  ],
});
