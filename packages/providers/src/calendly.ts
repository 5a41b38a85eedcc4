/** Calendly: HMAC-SHA-256 over timestamp and body, in one header. */

import { definePreset, timestampedHmac } from '@countersign/core/preset';
import type { CalendlyEvents } from './events/calendly.ts';

export type { CalendlyEvents, CalendlyInvitee, CalendlyMeeting, CalendlyPayload } from './events/calendly.ts';

/**
 * Calendly signs `{t}.{body}` in `Calendly-Webhook-Signature: t=...,v1=...`.
 *
 * For webhooks made with a personal access token the signing key is optional: deliveries without a signature exist
 * and are refused.
 *
 * @see https://developer.calendly.com/api-docs/overview/webhooks/webhook-signatures (read 2026-11-26)
 * @see https://developer.calendly.com/api-docs/overview/webhooks/webhook-errors (the retries; read 2026-11-26)
 * @see https://developer.calendly.com/api-docs/overview/webhooks/webhook-timeouts (read 2026-11-26)
 */
export const calendly = definePreset<CalendlyEvents>({
  name: 'calendly',
  title: 'Calendly',
  scheme: timestampedHmac({ header: 'calendly-webhook-signature' }),
  eventType: { json: 'event' },
  eventCreatedAt: { json: 'created_at', unit: 'iso8601' },
  toleranceSeconds: 180,
  responseDeadlineSeconds: 15,
  retries: {
    horizonSeconds: 86_400,
    note: 'With growing delays for 24 hours, or until 24 hours after the booked time. 410 deletes the subscription.',
    redirects: {
      count: 'failure',
      source: {
        title: 'Calendly documentation, Webhook errors',
        url: 'https://developer.calendly.com/api-docs/overview/webhooks/webhook-errors',
        readOn: '2026-11-26',
      },
    },
  },
  secretHelp: 'The signing key of the webhook subscription, your own or the one made for an OAuth app.',
  source: {
    title: 'Calendly documentation, Webhook signatures',
    url: 'https://developer.calendly.com/api-docs/overview/webhooks/webhook-signatures',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unverified: ['The places of the event’s type and time, read in a third-party catalogue.'],
  unsaid: [
    'An id of the event.',
    'Whether a retry is signed again. If it is not, it comes too late for the window of three minutes.',
  ],
});
