/** LINE: HMAC-SHA-256 over the raw body, several events in one delivery. */

import { batches, definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { LineEvents } from './events/line.ts';

export type { LineEvents } from './events/line.ts';

/**
 * LINE signs the body in `x-line-signature`, in base64, with the channel secret. Each event is handled
 * separately; one that comes again has the same `webhookEventId` and says so in `deliveryContext.isRedelivery`. The test from the
 * console is a delivery without events.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/line/line-bot-sdk-nodejs (lib/validate-signature.ts, read 2026-11-26)
 * @see https://github.com/line/line-openapi (webhook.yml, read 2026-11-26)
 */
export const line = definePreset<LineEvents>({
  name: 'line',
  title: 'LINE Messaging API',
  scheme: rawBodyHmac({ header: 'x-line-signature', encoding: 'base64' }),
  eventId: { json: 'webhookEventId' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'timestamp', unit: 'milliseconds' },
  ...batches,
  batch: { json: 'events.*' },
  retries: {
    // isRedelivery is in the body.
    keepsBody: false,
    note: 'Only if redelivery is switched on for the channel.',
  },
  secretHelp: 'The channel secret, used as text.',
  source: {
    title: 'LINE’s package for Node, lib/validate-signature.ts',
    url: 'https://github.com/line/line-bot-sdk-nodejs',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: ['That a redelivery keeps the id.', 'That the test from the console has no events.'],
  unsaid: ['How often and when an event is sent again.'],
});
