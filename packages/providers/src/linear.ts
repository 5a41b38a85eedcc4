/** Linear: HMAC-SHA-256 over the raw body, in which the time stands. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Linear, which signs the body in `Linear-Signature`, in hexadecimal. The time is `webhookTimestamp` in the signed
 * body; the header `Linear-Timestamp` is not signed and not looked at.
 *
 * `Linear-Delivery` is an id outside the signature, so the digest of the body identifies an event.
 *
 * @see https://github.com/linear/linear (packages/sdk/src/webhooks/client.ts, read 2026-11-20)
 */
export const linear = defineProvider({
  name: 'linear',
  title: 'Linear',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'linear-signature', encoding: 'hex' },
    timestamp: { json: 'webhookTimestamp', unit: 'milliseconds' },
    signs: ['body'],
  }),
  eventId: { header: 'linear-delivery' },
  eventType: { json: ['type', 'action'], join: '.' },
  toleranceSeconds: 60,
  secretHelp: 'The signing secret of the webhook, which starts with lin_wh_; used whole.',
  source: {
    title: 'Linear’s SDK, packages/sdk/src/webhooks/client.ts',
    url: 'https://github.com/linear/linear',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: [
    'One minute as the window.',
    'The header with the id, and the form of the secret.',
    'The place of the event’s type.',
  ],
});
