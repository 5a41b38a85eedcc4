/** Saleor: a detached JWS over the body. */

import { detachedJws } from '@countersign/core/jwt';
import { definePreset } from '@countersign/core/preset';
import type { SaleorEvents } from './events/saleor.ts';

export type { SaleorEvents } from './events/saleor.ts';

/**
 * Saleor signs the unencoded body with RS256, as a detached JWS in `Saleor-Signature` (RFC 7797, without `crit`). The
 * keys are at
 * `https://<domain>/.well-known/jwks.json` of your Saleor. No timestamp is signed.
 *
 * The body is the result of your subscription query and may contain neither id nor time: two updates of a product can
 * have the same bytes. Include `issuedAt` in the query; it makes each event's body unique and gives the order.
 * Synchronous webhooks expect data in the response, so return it from the handler.
 *
 * A webhook with a secret key is signed with HMAC instead, in hexadecimal; Saleor calls that deprecated:
 * `{ ...saleor, scheme: rawBodyHmac({ header: 'saleor-signature' }) }`.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: saleor,
 *   keys: { url: 'https://shop.example.com/.well-known/jwks.json' },
 * });
 *
 * @see https://docs.saleor.io/developer/extending/webhooks/payload-signature (read 2026-11-26)
 * @see https://github.com/saleor/saleor (saleor/webhook/transport: headers and retries; saleor/core/jwt_manager.py: the
 *   signature; read 2026-11-26)
 */
export const saleor = definePreset<SaleorEvents, 'keys'>({
  name: 'saleor',
  title: 'Saleor',
  // Saleor signs with PyJWT: older versions leave crit out of the header, newer ones (2.15.1) have it.
  scheme: detachedJws({ header: 'saleor-signature', algorithms: ['RS256'], unencoded: true, crit: 'optional' }),
  eventType: { header: 'saleor-event' },
  // At the root of a body whose query asks for it; elsewhere in one of a filtered subscription.
  eventCreatedAt: { json: 'issuedAt', unit: 'iso8601' },
  identity: {
    bytesRepeat: true,
    source:
      'https://docs.saleor.io/developer/extending/webhooks/subscription-webhook-payloads and https://github.com/saleor/saleor (saleor/webhook/transport), read 2026-11-26',
    note: 'No header has an id. Include issuedAt in the subscription query, which makes the bytes of each event unique.',
  },
  responseDeadlineSeconds: 18,
  retries: {
    delaysSeconds: [10, 20, 40, 80, 160],
    horizonSeconds: 310,
    keepsBody: true,
    retriedOn: ['5xx'],
    note: 'After a failed connection or a 5xx; never after a 4xx. Synchronous webhooks are not retried.',
    redirects: {
      count: 'final',
      source: {
        title: 'Saleor’s server, saleor/webhook/transport',
        url: 'https://github.com/saleor/saleor/tree/0107b562870b178b45fe25af883b6c7724de055b/saleor/webhook/transport',
        readOn: '2026-11-26',
      },
    },
  },
  secretHelp: 'The JWK Set at https://<domain>/.well-known/jwks.json of your Saleor.',
  source: {
    title: 'Saleor documentation, Payload signature',
    url: 'https://docs.saleor.io/developer/extending/webhooks/payload-signature',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
});
