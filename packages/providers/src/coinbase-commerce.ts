/** Coinbase Commerce: HMAC-SHA-256 over the raw body. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { CoinbaseCommerceEvents } from './events/coinbase-commerce.ts';

export type { CoinbaseCommerceEvents } from './events/coinbase-commerce.ts';

/**
 * Coinbase Commerce signs the body in `X-CC-Webhook-Signature`, in hexadecimal. `event.id` is that of the
 * event, which stays when a delivery is repeated.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/coinbase/coinbase-commerce-node (lib/Webhook.js, examples/webhook/webhook.js and test/testWebhook.spec.js, read 2026-11-26)
 */
export const coinbaseCommerce = definePreset<CoinbaseCommerceEvents>({
  name: 'coinbase-commerce',
  title: 'Coinbase Commerce',
  scheme: rawBodyHmac({ header: 'x-cc-webhook-signature' }),
  eventId: { json: 'event.id' },
  eventType: { json: 'event.type' },
  eventCreatedAt: { json: 'event.created_at', unit: 'iso8601' },
  retries: {
    keepsBody: false,
    note: 'Each attempt has its number and time in the body (attempt_number, scheduled_for), so its signature is different. The id of the event stays the same.',
  },
  secretHelp: 'The shared secret of the webhook endpoint.',
  source: {
    title: 'Coinbase Commerce’s package for Node, lib/Webhook.js',
    url: 'https://github.com/coinbase/coinbase-commerce-node',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unsaid: ['When deliveries are retried, and how long the sender waits for a response.'],
});
