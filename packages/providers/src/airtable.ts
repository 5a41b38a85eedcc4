/** Airtable: HMAC-SHA-256 over the raw body, with a secret in base64. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { AirtableEvents } from './events/airtable.ts';

export type { AirtableEvents } from './events/airtable.ts';

/**
 * Airtable signs the body in `X-Airtable-Content-MAC: hmac-sha256=...`. The secret is base64 and decoded.
 *
 * A delivery is only a ping: it names base and webhook, and the changes must be fetched from the API with a cursor. The
 * time in the body is signed, but no window is documented, so it is only `event.createdAt`.
 *
 * @see https://github.com/gtalarico/pyairtable (a third-party package, pyairtable/models/webhook.py, read 2026-11-26)
 */
export const airtable = definePreset<AirtableEvents>({
  name: 'airtable',
  title: 'Airtable',
  scheme: rawBodyHmac({ header: 'x-airtable-content-mac', prefix: 'hmac-sha256=', secret: { encoding: 'base64' } }),
  eventCreatedAt: { json: 'timestamp', unit: 'iso8601' },
  identity: {
    bytesRepeat: false,
    source: 'https://github.com/gtalarico/pyairtable (pyairtable/models/webhook.py, read 2026-11-26)',
    note: 'Every ping has a time, in milliseconds.',
  },
  responseDeadlineSeconds: 25,
  retries: {
    horizonSeconds: 86_400,
    note: 'Up to 13 attempts in about a day, after which notifications are turned off.',
  },
  secretHelp: '`macSecretBase64` in the response that created the webhook.',
  source: {
    title: 'pyairtable, a package not by Airtable, pyairtable/models/webhook.py',
    url: 'https://github.com/gtalarico/pyairtable',
    readOn: '2026-11-26',
  },
  confidence: 'integration_code',
  unverified: ['The retries and 25 seconds for an answer, read in a third-party list of facts.'],
  assumptions: [
    { what: 'the signature is hexadecimal', because: 'A vector of pyairtable is; a third-party note says base64.' },
  ],
  unsaid: ['An id of the delivery, and a type.'],
});
