/** Airtable: HMAC-SHA-256 over the raw body, with a secret in base64. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Airtable, which signs the body in `X-Airtable-Content-MAC: hmac-sha256=...`. The secret is base64 and decoded.
 *
 * A delivery is only a ping: it names base and webhook, and what happened has to be fetched from the API by a cursor.
 * The time in the body is signed, but no window is documented, so it is only `event.createdAt`.
 *
 * @see https://github.com/gtalarico/pyairtable (a package not by Airtable, pyairtable/models/webhook.py, read
 * 2026-11-20)
 */
export const airtable = defineProvider({
  name: 'airtable',
  title: 'Airtable',
  scheme: rawBodyHmac({ header: 'x-airtable-content-mac', prefix: 'hmac-sha256=', secret: { encoding: 'base64' } }),
  eventCreatedAt: { json: 'timestamp', unit: 'iso8601' },
  secretHelp: '`macSecretBase64` in the answer that created the webhook.',
  source: {
    title: 'pyairtable, a package not by Airtable, pyairtable/models/webhook.py',
    url: 'https://github.com/gtalarico/pyairtable',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  assumptions: [
    { what: 'the signature is hexadecimal', because: 'A vector of pyairtable is; one note of others says base64.' },
  ],
  unsaid: ['An id of the delivery, and a type.', 'How deliveries are repeated.'],
});
