/** Meta (Facebook, Instagram, WhatsApp): HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Facebook, Instagram and WhatsApp, which sign the body in `X-Hub-Signature-256: sha256=...` with the app secret. The
 * signature covers the body in the escaped form in which it is sent.
 *
 * The check of a new address is answered where the receiver knows the verify token: `handshakes: { verifyToken }`.
 * Mount the address for GET as well.
 *
 * A delivery has no id at its top level and may hold several changes; what identifies one depends on the product (for
 * WhatsApp `messages[].id`), see `dedupe.identity`.
 *
 * @see https://github.com/WhatsApp/WhatsApp-Nodejs-SDK (src/api/webhooks.ts, read 2026-11-20)
 */
export const meta = defineProvider({
  name: 'meta',
  title: 'Meta',
  scheme: rawBodyHmac({ header: 'x-hub-signature-256', prefix: 'sha256=' }),
  eventType: { json: 'object' },
  handshakes: [
    {
      name: 'subscribe',
      when: { method: 'GET', query: { 'hub.mode': 'subscribe', 'hub.challenge': '*' } },
      signed: false,
      verifyToken: { query: 'hub.verify_token' },
      answer: { body: { query: 'hub.challenge' } },
    },
  ],
  secretHelp: 'The app secret, from the settings of the app.',
  source: {
    title: 'WhatsApp’s SDK for Node, src/api/webhooks.ts',
    url: 'https://github.com/WhatsApp/WhatsApp-Nodejs-SDK',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The places of id and type.'],
  unsaid: ['How deliveries are repeated.'],
});
