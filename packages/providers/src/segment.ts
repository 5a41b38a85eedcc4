/** Segment’s webhooks destination: HMAC-SHA-1 over a single event. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { SegmentEvents } from './events/segment.ts';

export type { SegmentEvents } from './events/segment.ts';

/**
 * Segment’s webhooks destination signs one event in `X-Signature`, HMAC-SHA-1 in hexadecimal.
 *
 * For a batch, Segment signs only the first element, serialised again as JSON: such a delivery does not verify here,
 * because the sent bytes are not the signed ones, and the other elements would be unsigned. Set the destination to send
 * events one by one.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * Webhooks (Actions) may send PUT and PATCH as well, and fields that you map yourself. With several URLs, one success
 * ends the retries of all.
 *
 * @see https://github.com/segmentio/segment-docs (Webhooks and Webhooks (Actions) destinations, read 2026-11-26)
 */
export const segment = definePreset<SegmentEvents>({
  name: 'segment',
  title: 'Segment',
  scheme: rawBodyHmac({ header: 'x-signature', hash: 'SHA-1' }),
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'timestamp', unit: 'iso8601' },
  methods: ['POST', 'PUT', 'PATCH'],
  retries: { horizonSeconds: 14_400, retriedOn: ['5xx'], note: 'Several times within four hours, only after a 5xx.' },
  secretHelp: 'The shared secret of the destination.',
  source: {
    title: 'Segment documentation, Webhooks destination',
    url: 'https://github.com/segmentio/segment-docs',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  assumptions: [
    {
      what: 'the body is sent exactly as JSON.stringify writes it',
      because: 'Segment signs its own serialisation; for a single event the received bytes must be the same.',
    },
  ],
  unsaid: ['The place of an id, and how many seconds the sender waits for a response.'],
});
