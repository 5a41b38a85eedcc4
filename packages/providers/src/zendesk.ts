/** Zendesk: HMAC-SHA-256 over timestamp and body. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Zendesk, which signs `{timestamp}{body}` in `X-Zendesk-Webhook-Signature`, in base64. The timestamp is text as in
 * ISO 8601 and signed as it is sent.
 *
 * A webhook may use other methods than POST and have no body, which is then signed as empty: add them with `{
 * ...zendesk, methods: ['POST', 'PUT', 'PATCH', 'DELETE', 'GET'] }`.
 *
 * @see https://developer.zendesk.com/documentation/webhooks/verifying/ (read 2026-11-20)
 */
export const zendesk = defineProvider({
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
  secretHelp: 'The signing secret of the webhook, used as text.',
  source: {
    title: 'Zendesk documentation, Verifying webhooks',
    url: 'https://developer.zendesk.com/documentation/webhooks/verifying/',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unverified: ['The header with the id, and the place of the type.', 'The form of the timestamp.'],
  unsaid: ['How old a delivery may be; the preset takes 300 seconds.'],
});
