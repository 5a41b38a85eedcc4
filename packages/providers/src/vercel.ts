/** Vercel: HMAC-SHA-1 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Vercel, which signs the body in `x-vercel-signature`, HMAC-SHA-1 in hexadecimal. That hash is old but not broken
 * for this use.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/hookdeck/webhook-skills (a guide not by Vercel,
 * skills/vercel-webhooks/references/verification.md, read 2026-11-20)
 */
export const vercel = defineProvider({
  name: 'vercel',
  title: 'Vercel',
  scheme: rawBodyHmac({ header: 'x-vercel-signature', hash: 'SHA-1' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  secretHelp: 'The secret of the webhook, or the client secret of the integration.',
  source: {
    title: 'hookdeck/webhook-skills, a guide not by Vercel, skills/vercel-webhooks/references/verification.md',
    url: 'https://github.com/hookdeck/webhook-skills',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['The places of id and type.'],
});
