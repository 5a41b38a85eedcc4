/** Yousign: HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Yousign, which signs the body in `X-Yousign-Signature-256: sha256=...`, in hexadecimal.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://developers.yousign.com/docs/security (read 2026-11-20)
 */
export const yousign = defineProvider({
  name: 'yousign',
  title: 'Yousign',
  scheme: rawBodyHmac({ header: 'x-yousign-signature-256', prefix: 'sha256=' }),
  eventType: { json: 'event_name' },
  secretHelp: '`secret_key` of the webhook subscription.',
  source: {
    title: 'Yousign documentation, Security',
    url: 'https://developers.yousign.com/docs/security',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unverified: ['The place of the type.'],
  unsaid: ['An id of the event.'],
});
