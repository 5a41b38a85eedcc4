/** WooCommerce: HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * WooCommerce, which signs the body in `X-WC-Webhook-Signature`, in base64. Topic and id stand in headers that nobody
 * signs.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://woocommerce.com/document/webhooks/ (quoted by public code,
 * which was read 2026-11-20 in its place)
 */
export const woocommerce = defineProvider({
  name: 'woocommerce',
  title: 'WooCommerce',
  scheme: rawBodyHmac({ header: 'x-wc-webhook-signature', encoding: 'base64' }),
  eventId: { header: 'x-wc-webhook-delivery-id' },
  eventType: { header: 'x-wc-webhook-topic' },
  secretHelp: 'The secret of the webhook.',
  source: {
    title: 'Public code that quotes WooCommerce, Webhooks',
    url: 'https://woocommerce.com/document/webhooks/',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['The headers with topic and id.'],
});
