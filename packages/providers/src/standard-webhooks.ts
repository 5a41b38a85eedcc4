/** Standard Webhooks 1.0.0 with a shared secret: the scheme that many senders have in common. */

import { definePreset, standardWebhooksHmac } from '@countersign/core/preset';
import type { StandardWebhooksEvents } from './events/standard-webhooks.ts';

export type { StandardWebhooksEvents } from './events/standard-webhooks.ts';

/**
 * Any sender that follows Standard Webhooks with a shared secret: HMAC-SHA-256 over `{id}.{timestamp}.{body}`, base64,
 * in a list of `v1,...` separated by spaces. Entries of other versions, such as the asymmetric `v1a`, are ignored.
 *
 * The secret is base64 of at least 24 bytes, with or without `whsec_` before it. `webhook-id` is signed and stays the
 * same in every attempt, so it is the identity of the event. Give each sender its own name, since the name is
 * part of that identity: `{ ...standardWebhooks, name: 'acme' }`.
 *
 * Type and time are in the body where the specification advises senders to put them. The deadline is the shorter of
 * the two figures that it advises.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-11-26)
 */
export const standardWebhooks = definePreset<StandardWebhooksEvents>({
  name: 'standard-webhooks',
  title: 'Standard Webhooks',
  scheme: standardWebhooksHmac(),
  eventId: { header: 'webhook-id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'timestamp', unit: 'iso8601' },
  // The specification asks for some tolerance and names none; its reference libraries have five minutes.
  toleranceSeconds: 300,
  responseDeadlineSeconds: 15,
  retries: {
    resigns: true,
    note: 'Each sender has its own schedule; the example in the specification spreads nine retries over 75 hours and 35 minutes.',
    redirects: {
      count: 'failure',
      note: 'The specification’s advice to senders.',
      source: {
        title: 'Standard Webhooks 1.0.0, Delivery success and failure',
        url: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
        readOn: '2026-11-26',
      },
    },
  },
  secretHelp: 'The secret of the endpoint: whsec_ and 24 to 64 bytes in base64.',
  wrongSecrets: { whpk_: 'a public key: use standardWebhooksV1a', whsk_: 'the sender’s private key' },
  confidence: 'documented',
  source: {
    title: 'Standard Webhooks 1.0.0',
    url: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
    readOn: '2026-11-26',
  },
});
