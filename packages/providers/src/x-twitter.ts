/** X (Twitter): HMAC-SHA-256 over the raw body, and a challenge every hour. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * X, which signs the body in `x-twitter-webhooks-signature: sha256=...`, in base64, with the consumer secret.
 *
 * Its challenge (CRC), a GET with `crc_token` that comes on registration and every hour, is answered with a MAC by
 * the same secret. What is signed for a stranger there is never free text, only letters, digits and `+/=_-`: with
 * braces, the answer would be a signature for a forged delivery.
 *
 * The address has to be HTTPS and without a port.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/xdevplatform/docs (Webhooks quickstart, read 2026-11-20)
 */
export const xTwitter = defineProvider({
  name: 'x-twitter',
  title: 'X',
  scheme: rawBodyHmac({ header: 'x-twitter-webhooks-signature', encoding: 'base64', prefix: 'sha256=' }),
  responseDeadlineSeconds: 10,
  handshakes: [
    {
      name: 'crc',
      when: { method: 'GET', query: { crc_token: '*' } },
      signed: false,
      answer: {
        body: { object: { response_token: { macOf: { query: 'crc_token' }, encoding: 'base64', prefix: 'sha256=' } } },
      },
    },
  ],
  secretHelp: 'The consumer secret of the app.',
  source: {
    title: 'X documentation, Webhooks quickstart',
    url: 'https://github.com/xdevplatform/docs',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unsaid: ['An id and a type of the event.', 'How deliveries are repeated.'],
});
