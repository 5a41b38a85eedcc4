/** Vercel: HMAC-SHA-1 over the raw body. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { VercelEvents } from './events/vercel.ts';

export type { VercelEvents } from './events/vercel.ts';

/**
 * Vercel signs the body in `x-vercel-signature`, HMAC-SHA-1 in hexadecimal. That hash is old but not broken
 * for this use.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://vercel.com/docs/webhooks/webhooks-api (the fields of the body, read 2026-11-26)
 * @see https://vercel.com/docs/webhooks (the signature, read 2026-11-26)
 * @see https://github.com/hookdeck/webhook-skills (a guide not by Vercel, skills/vercel-webhooks/references/overview.md:
 * milliseconds, deadline, retries; read 2026-11-26)
 */
export const vercel = definePreset<VercelEvents>({
  name: 'vercel',
  title: 'Vercel',
  scheme: rawBodyHmac({ header: 'x-vercel-signature', hash: 'SHA-1' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'createdAt', unit: 'milliseconds' },
  responseDeadlineSeconds: 30,
  retries: { horizonSeconds: 86_400, note: 'With growing pauses for up to 24 hours.' },
  secretHelp: 'The secret of the webhook, or the client secret of the integration.',
  source: {
    title: 'Vercel documentation, Webhooks and Webhooks API reference',
    url: 'https://vercel.com/docs/webhooks/webhooks-api',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unverified: ['That createdAt is in milliseconds, the deadline, and the retries.'],
  unsaid: ['Whether the id, which is described as that of the delivery, is the same in every attempt.'],
});
