/** Nylas v3: HMAC-SHA-256 over the raw body. */

import { definePreset, handshakes, rawBodyHmac } from '@countersign/core/preset';
import type { NylasEvents } from './events/nylas.ts';

export type { NylasEvents } from './events/nylas.ts';

/**
 * Nylas signs the body in `x-nylas-signature`, in hexadecimal. With compressed delivery it signs the compressed
 * bytes; such a delivery is refused with 415, so leave compression off.
 *
 * Nylas retries only after 408, 429, 502, 503, 504 and 507, so an answer of 500 loses the event. A retry has the same `id`
 * and another `webhook_delivery_attempt`.
 *
 * The check of a new URL, a GET with `challenge`, is answered.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/nylas/nylas-nodejs (src/models/webhooks.ts, read 2026-11-20)
 * @see https://developer.nylas.com/docs/cookbook/use-cases/build/retry-failed-webhooks/ (deadline, read 2026-11-26)
 */
export const nylas = definePreset<NylasEvents>({
  name: 'nylas',
  title: 'Nylas',
  scheme: rawBodyHmac({ header: 'x-nylas-signature' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'time', unit: 'seconds' },
  responseDeadlineSeconds: 10,
  retries: {
    keepsBody: false,
    retriedOn: [408, 429, 502, 503, 504, 507],
    note: 'Twice, and only after 408, 429, 502, 503, 504 and 507. The number of the attempt is in the body.',
  },
  handshakes: handshakes([
    {
      name: 'challenge',
      when: { method: 'GET', query: { challenge: '*' } },
      signed: false,
      response: { body: { query: 'challenge' } },
    },
  ]),
  secretHelp: '`webhook_secret` in the response that created the webhook.',
  wrongSecrets: { nyk_: 'an API key' },
  source: {
    title: 'Nylas’s SDK for Node, src/models/webhooks.ts',
    url: 'https://github.com/nylas/nylas-nodejs',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unsaid: ['How long after the first attempt the last one comes; others say 10 to 20 minutes.'],
});
