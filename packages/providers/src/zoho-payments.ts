/** Zoho Payments: HMAC-SHA-256 over timestamp and body, in one header. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Zoho Payments, which signs `{t}.{body}` in `X-Zoho-Webhook-Signature: t=...,v=...`. The time is in milliseconds.
 *
 * @see https://zoho.com/in/payments/developerdocs/webhooks/verification (read 2026-11-20)
 */
export const zohoPayments = defineProvider({
  name: 'zoho-payments',
  title: 'Zoho Payments',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-zoho-webhook-signature', key: 'v', encoding: 'hex' },
    timestamp: { header: 'x-zoho-webhook-signature', key: 't', unit: 'milliseconds' },
    signs: ['timestamp', { text: '.' }, 'body'],
  }),
  responseDeadlineSeconds: 15,
  secretHelp: 'The signing key of the webhook.',
  source: {
    title: 'Zoho Payments documentation, Webhook verification',
    url: 'https://zoho.com/in/payments/developerdocs/webhooks/verification',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unsaid: ['How old a delivery may be; the preset takes 300 seconds.', 'Where id and type of the event stand.'],
});
