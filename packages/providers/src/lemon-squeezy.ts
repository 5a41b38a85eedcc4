/** Lemon Squeezy: HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Lemon Squeezy, which signs the body in `X-Signature`, in hexadecimal. Its secrets have 6 to 40 characters; choose
 * one of 16 or more, since shorter ones can be guessed and are refused.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see Code of others for Lemon Squeezy, Pay::Webhooks::LemonSqueezyController on rubydoc.info (read 2026-11-20)
 */
export const lemonSqueezy = defineProvider({
  name: 'lemon-squeezy',
  title: 'Lemon Squeezy',
  scheme: rawBodyHmac({ header: 'x-signature' }),
  eventType: { json: 'meta.event_name' },
  secretHelp: 'The signing secret entered for the webhook, up to 40 characters.',
  source: {
    title: 'Code of others for Lemon Squeezy, Pay::Webhooks::LemonSqueezyController on rubydoc.info',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['The form of the secret.'],
  unsaid: ['An id of the delivery.', 'How deliveries are repeated.'],
});
