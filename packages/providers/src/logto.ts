/** Logto: HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Logto, which signs the body in `logto-signature-sha-256`, in hexadecimal.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://docs.logto.io/developers/webhooks/secure-webhooks (read 2026-11-20)
 */
export const logto = defineProvider({
  name: 'logto',
  title: 'Logto',
  scheme: rawBodyHmac({ header: 'logto-signature-sha-256' }),
  eventType: { json: 'event' },
  secretHelp: 'The signing key of the webhook.',
  source: {
    title: 'Logto documentation, Secure your webhooks',
    url: 'https://docs.logto.io/developers/webhooks/secure-webhooks',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unverified: ['The place of the event’s type.'],
  unsaid: ['An id of the event.'],
});
