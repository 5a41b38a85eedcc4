/** Coinbase Commerce: HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Coinbase Commerce, which signs the body in `X-CC-Webhook-Signature`, in hexadecimal. `event.id` is that of the
 * event, which stays when a delivery is repeated.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/coinbase/coinbase-commerce-node (lib/Webhook.js, read 2026-11-20)
 */
export const coinbaseCommerce = defineProvider({
  name: 'coinbase-commerce',
  title: 'Coinbase Commerce',
  scheme: rawBodyHmac({ header: 'x-cc-webhook-signature' }),
  eventId: { json: 'event.id' },
  eventType: { json: 'event.type' },
  secretHelp: 'The shared secret of the webhook endpoint.',
  source: {
    title: 'Coinbase Commerce’s package for Node, lib/Webhook.js',
    url: 'https://github.com/coinbase/coinbase-commerce-node',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The name of the header.'],
  assumptions: [
    {
      what: 'the signature stands in the header X-CC-Webhook-Signature',
      because: 'The name of the header was not confirmed in the package. Look at one of your deliveries.',
    },
  ],
});
