/** Customer.io’s reporting webhooks: HMAC-SHA-256 over a version, the timestamp and the body. */

import { definePreset, hmac } from '@countersign/core/preset';
import type { CustomerioEvents } from './events/customer-io.ts';

export type { CustomerioEvents } from './events/customer-io.ts';

/**
 * Customer.io signs `v0:{timestamp}:{body}` in `X-CIO-Signature`, in hexadecimal. Unlike at Slack, `v0` is only in the
 * signed text and not in the header.
 *
 * @see https://customer.io/docs/journeys/webhooks-action/#securely-verify-requests (as public receivers quote it; those
 *   were read 2026-11-20)
 * @see https://docs.customer.io/api/webhooks (the deadline; read 2026-11-26)
 */
export const customerIo = definePreset<CustomerioEvents>({
  name: 'customer-io',
  title: 'Customer.io',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-cio-signature', encoding: 'hex' },
    timestamp: { header: 'x-cio-timestamp', unit: 'seconds' },
    signs: [{ text: 'v0:' }, 'timestamp', { text: ':' }, 'body'],
  }),
  eventId: { json: 'event_id' },
  eventType: { json: ['object_type', 'metric'], join: '.' },
  eventCreatedAt: { json: 'timestamp', unit: 'seconds' },
  responseDeadlineSeconds: 4,
  retries: { horizonSeconds: 604_800, note: 'With growing delays for seven days.' },
  secretHelp: 'The signing key of the reporting webhook.',
  source: {
    title: 'Public receivers that quote Customer.io, Securely verify requests',
    url: 'https://customer.io/docs/journeys/webhooks-action/#securely-verify-requests',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: [
    'The places of id, type and time, read in a schema and in third-party code.',
    'Seven days of retries, read in a third-party list of facts.',
    'The form of the signing key.',
  ],
  assumptions: [
    {
      what: 'the signing key is used as text',
      because: 'The form of the key was not confirmed. Send a test delivery.',
    },
  ],
  unsaid: ['The maximum age of a delivery; the preset uses 300 seconds.', 'Whether a retry is signed again.'],
});
