/** GoCardless: HMAC-SHA-256 over the raw body, several events in one delivery. */

import { batches, definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { GoCardlessEvents } from './events/gocardless.ts';

export type { GoCardlessEvents } from './events/gocardless.ts';

/**
 * GoCardless signs the body in `Webhook-Signature`, in bare hexadecimal. Other senders use that header in
 * other forms. Each event of a delivery is handled separately.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/gocardless/gocardless-nodejs (src/webhooks.ts, read 2026-11-26)
 * @see https://support.gocardless.com/hc/en-nz/articles/360000989989-Webhook-retries-failures (read 2026-11-26)
 */
export const gocardless = definePreset<GoCardlessEvents>({
  name: 'gocardless',
  title: 'GoCardless',
  scheme: rawBodyHmac({ header: 'webhook-signature' }),
  eventId: { json: 'id' },
  eventType: { json: ['resource_type', 'action'], join: '.' },
  eventCreatedAt: { json: 'created_at', unit: 'iso8601' },
  ...batches,
  batch: { json: 'events.*' },
  responseDeadlineSeconds: 10,
  retries: {
    note: 'Up to eight times at growing intervals, such as 1, 2 and 10 minutes.',
    redirects: {
      count: 'failure',
      source: {
        title: 'GoCardless support, Webhook retries and failures',
        url: 'https://support.gocardless.com/hc/en-nz/articles/360000989989-Webhook-retries-failures',
        readOn: '2026-11-26',
      },
    },
  },
  secretHelp: 'The secret of the webhook endpoint, used as text.',
  source: {
    title: 'GoCardless’s package for Node, src/webhooks.ts',
    url: 'https://github.com/gocardless/gocardless-nodejs',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: ['The places of type and time of an event, which were read in a third-party guide.'],
});
