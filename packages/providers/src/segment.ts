/** Segment’s webhooks destination: HMAC-SHA-1 over a single event. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Segment’s webhooks destination, which signs one event in `X-Signature`, HMAC-SHA-1 in hexadecimal.
 *
 * Of a batch Segment signs only the first element, written anew as JSON: such a delivery does not verify here, since
 * the bytes that were sent are not those that were signed, and the other elements would be anybody’s. Set the
 * destination to send events one by one.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/segmentio/segment-docs (Webhooks destination, read 2026-11-20)
 */
export const segment = defineProvider({
  name: 'segment',
  title: 'Segment',
  scheme: rawBodyHmac({ header: 'x-signature', hash: 'SHA-1' }),
  secretHelp: 'The shared secret of the destination.',
  source: {
    title: 'Segment documentation, Webhooks destination',
    url: 'https://github.com/segmentio/segment-docs',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  assumptions: [
    {
      what: 'the body is sent exactly as JSON.stringify writes it',
      because: 'Segment signs its own serialisation; for a single event the received bytes have to be the same ones.',
    },
  ],
  unsaid: ['Where id and type stand.', 'How deliveries are repeated.'],
});
