/** Saleor: a detached JWS over the body. */

import { defineProvider } from '@countersign/core';
import { detachedJws } from '@countersign/core/jwt';

/**
 * Saleor, which signs the body with RS256 as a detached JWS in `Saleor-Signature`. The keys are at
 * `https://<domain>/.well-known/jwks.json` of your Saleor. No time is signed.
 *
 * A webhook with a secret key is signed by HMAC instead, in hexadecimal; Saleor calls that deprecated:
 * `{ ...saleor, scheme: rawBodyHmac({ header: 'saleor-signature' }) }`.
 *
 * @example
 * const receiver = createReceiver({ provider: saleor, keys: { url: 'https://shop.example.com/.well-known/jwks.json' } });
 *
 * @see https://docs.saleor.io/developer/extending/webhooks/payload-signature (read 2026-11-20)
 */
export const saleor = defineProvider<object, 'keys'>({
  name: 'saleor',
  title: 'Saleor',
  scheme: detachedJws({ header: 'saleor-signature', algorithms: ['RS256'] }),
  eventType: { header: 'saleor-event' },
  secretHelp: 'The JWK Set at https://<domain>/.well-known/jwks.json of your Saleor.',
  source: {
    title: 'Saleor documentation, Payload signature',
    url: 'https://docs.saleor.io/developer/extending/webhooks/payload-signature',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unverified: ['The header with the event’s type.'],
  unsaid: ['Where an id of the event stands.'],
});
