/** Zoho Payments: HMAC-SHA-256 over timestamp and body, in one header. */

import { definePreset, hmac } from '@countersign/core/preset';
import type { ZohoPaymentsEvents } from './events/zoho-payments.ts';

export type { ZohoPaymentsEvents } from './events/zoho-payments.ts';

/**
 * Zoho Payments signs `{t}.{body}` in `X-Zoho-Webhook-Signature: t=...,v=...`. The time is in milliseconds, and
 * each attempt has a signature of its own.
 *
 * `event_id` is a number. Where it is larger than JavaScript can hold exactly, `event.id` is undefined and the digest of the
 * body identifies the event.
 *
 * @see https://www.zoho.com/us/payments/api/v1/webhooks (the body, read 2026-11-26)
 * @see https://www.zoho.com/in/payments/developerdocs/webhooks/best-practices/ (read 2026-11-26)
 * @see https://zoho.com/in/payments/developerdocs/webhooks/verification (read 2026-11-20)
 */
export const zohoPayments = definePreset<ZohoPaymentsEvents>({
  name: 'zoho-payments',
  title: 'Zoho Payments',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-zoho-webhook-signature', key: 'v', encoding: 'hex' },
    timestamp: { header: 'x-zoho-webhook-signature', key: 't', unit: 'milliseconds' },
    signs: ['timestamp', { text: '.' }, 'body'],
  }),
  eventId: { json: 'event_id' },
  eventType: { json: 'event_type' },
  eventCreatedAt: { json: 'event_time', unit: 'milliseconds' },
  responseDeadlineSeconds: 15,
  retries: {
    horizonSeconds: 172_800,
    resigns: true,
    note: 'With growing pauses for up to two days; then the endpoint is disabled. Answer with 200.',
  },
  secretHelp: 'The signing key of the webhook.',
  source: {
    title: 'Zoho Payments documentation, Webhooks (API), Best practices, Webhook verification',
    url: 'https://www.zoho.com/us/payments/api/v1/webhooks',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unsaid: [
    'The maximum age of a delivery; the preset uses 300 seconds.',
    'How the endpoint is checked when it is registered: Zoho calls it once.',
  ],
});
