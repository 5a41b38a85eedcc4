/** Intuit QuickBooks: HMAC-SHA-256 over the raw body. */

import { batches, definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { IntuitEvents } from './events/intuit.ts';

export type { IntuitEvents } from './events/intuit.ts';

/**
 * Intuit signs the body in `intuit-signature`, in base64, with the verifier token.
 *
 * Since 2026 a delivery is an array of CloudEvents; each is handled separately, with its id, type and time. The older form,
 * an object with `eventNotifications`, is one event without id and type.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/IntuitDeveloper/SampleApp-Webhooks-nodejs (routes/routes.js, read 2026-11-26)
 * @see https://blogs.a.intuit.com/2025/11/12/upcoming-change-to-webhooks-payload-structure (read 2026-11-26)
 */
export const intuit = definePreset<IntuitEvents>({
  name: 'intuit',
  title: 'Intuit QuickBooks',
  scheme: rawBodyHmac({ header: 'intuit-signature', encoding: 'base64' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'time', unit: 'iso8601' },
  ...batches,
  batch: { json: '*' },
  secretHelp: 'The verifier token of the app’s webhooks, used as text.',
  source: {
    title: 'Intuit’s sample app for webhooks, routes/routes.js',
    url: 'https://github.com/IntuitDeveloper/SampleApp-Webhooks-nodejs',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  assumptions: [
    {
      what: 'the signature is base64',
      because: 'The encoding was not confirmed in the sample. Look at one of your deliveries.',
    },
  ],
  unsaid: ['Whether an event that is sent again keeps its id.', 'How deliveries are retried.'],
});
