/** Typeform: HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Typeform, which signs the body in `Typeform-Signature: sha256=...`, in base64.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://www.typeform.com/developers/webhooks/secure-your-webhooks/ (quoted by public receivers,
 * which were read 2026-11-20 in its place)
 */
export const typeform = defineProvider({
  name: 'typeform',
  title: 'Typeform',
  scheme: rawBodyHmac({ header: 'typeform-signature', encoding: 'base64', prefix: 'sha256=' }),
  eventId: { json: 'event_id' },
  eventType: { json: 'event_type' },
  secretHelp: 'The secret entered for the webhook.',
  source: {
    title: 'Public receivers that quote Typeform, Secure your webhooks',
    url: 'https://www.typeform.com/developers/webhooks/secure-your-webhooks/',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['The place of the id.'],
});
