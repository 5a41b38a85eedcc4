/** Calendly: HMAC-SHA-256 over timestamp and body, in one header. */

import { defineProvider, timestampedHmac } from '@countersign/core';

/**
 * Calendly, which signs `{t}.{body}` in `Calendly-Webhook-Signature: t=...,v1=...`.
 *
 * For webhooks made with a personal access token the signing key is optional: deliveries without a signature exist
 * and are refused.
 *
 * @see https://developer.calendly.com/api-docs/overview/webhooks/webhook-signatures (read 2026-11-20)
 */
export const calendly = defineProvider({
  name: 'calendly',
  title: 'Calendly',
  scheme: timestampedHmac({ header: 'calendly-webhook-signature' }),
  eventType: { json: 'event' },
  toleranceSeconds: 180,
  secretHelp: 'The signing key of the webhook subscription, your own or the one made for an OAuth app.',
  source: {
    title: 'Calendly documentation, Webhook signatures',
    url: 'https://developer.calendly.com/api-docs/overview/webhooks/webhook-signatures',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unverified: ['The place of the event’s type.'],
  unsaid: ['An id of the event.'],
});
