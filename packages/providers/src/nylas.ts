/** Nylas v3: HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Nylas, which signs the body in `x-nylas-signature`, in hexadecimal. Bodies may come compressed; such a
 * delivery is refused with 415.
 *
 * The check of a new address, a GET with `challenge`, is answered.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/nylas/nylas-nodejs (src/models/webhooks.ts, read 2026-11-20)
 */
export const nylas = defineProvider({
  name: 'nylas',
  title: 'Nylas',
  scheme: rawBodyHmac({ header: 'x-nylas-signature' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  handshakes: [
    {
      name: 'challenge',
      when: { method: 'GET', query: { challenge: '*' } },
      signed: false,
      answer: { body: { query: 'challenge' } },
    },
  ],
  secretHelp: '`webhook_secret` in the answer that created the webhook.',
  source: {
    title: 'Nylas’s SDK for Node, src/models/webhooks.ts',
    url: 'https://github.com/nylas/nylas-nodejs',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The places of id and type.', 'That bodies may be compressed.'],
  assumptions: [
    {
      what: 'the signature is hexadecimal',
      because: 'The encoding was not read in the SDK. Look at one of your deliveries.',
    },
  ],
});
