/** LINE: HMAC-SHA-256 over the raw body, several events in one delivery. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * LINE, which signs the body in `x-line-signature`, in base64, with the channel secret. Each event is handled on its
 * own; one that comes again says so in `deliveryContext.isRedelivery`.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/line/line-bot-sdk-nodejs (lib/validate-signature.ts, read 2026-11-20)
 */
export const line = defineProvider({
  name: 'line',
  title: 'LINE Messaging API',
  scheme: rawBodyHmac({ header: 'x-line-signature', encoding: 'base64' }),
  eventId: { json: 'webhookEventId' },
  eventType: { json: 'type' },
  batch: { json: 'events.*' },
  secretHelp: 'The channel secret.',
  source: {
    title: 'LINE’s package for Node, lib/validate-signature.ts',
    url: 'https://github.com/line/line-bot-sdk-nodejs',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The places of the event’s id and type.'],
});
