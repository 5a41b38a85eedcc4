/** Lithic: Standard Webhooks. */

import { definePreset, standardWebhooksHmac } from '@countersign/core/preset';
import type { LithicEvents } from './events/lithic.ts';

export type { LithicEvents } from './events/lithic.ts';

/**
 * Lithic signs as Standard Webhooks says: `{id}.{timestamp}.{body}` in `webhook-signature: v1,...`.
 *
 * The type is `event_type` in the body; a few older forms of an event have none.
 *
 * @see https://github.com/lithic-com/lithic-node (src/resources/webhooks.ts, read 2026-11-26)
 */
export const lithic = definePreset<LithicEvents>({
  name: 'lithic',
  title: 'Lithic',
  scheme: standardWebhooksHmac(),
  eventType: { json: 'event_type' },
  toleranceSeconds: 300,
  retries: {
    note: 'Not stated in the package; others report the schedule of Svix and an end after five days of failures.',
  },
  secretHelp: 'The secret of the event subscription: whsec_ and the key in base64.',
  rotation: 'Several signatures in one header, separated by spaces; one match is enough.',
  source: {
    title: 'Lithic’s package for Node, src/resources/webhooks.ts',
    url: 'https://github.com/lithic-com/lithic-node',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: ['How deliveries are retried.'],
});
