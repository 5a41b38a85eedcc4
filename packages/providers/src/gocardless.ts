/** GoCardless: HMAC-SHA-256 over the raw body, several events in one delivery. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * GoCardless, which signs the body in `Webhook-Signature`, in bare hexadecimal. Other senders use that header in
 * other forms. Each event of a delivery is handled on its own.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/gocardless/gocardless-nodejs (src/webhooks.ts, read 2026-11-20)
 */
export const gocardless = defineProvider({
  name: 'gocardless',
  title: 'GoCardless',
  scheme: rawBodyHmac({ header: 'webhook-signature' }),
  eventId: { json: 'id' },
  eventType: { json: ['resource_type', 'action'], join: '.' },
  batch: { json: 'events.*' },
  secretHelp: 'The secret of the webhook endpoint.',
  source: {
    title: 'GoCardless’s package for Node, src/webhooks.ts',
    url: 'https://github.com/gocardless/gocardless-nodejs',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The place of the event’s type.'],
});
