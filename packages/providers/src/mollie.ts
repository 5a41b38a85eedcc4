/** Mollie’s next-generation webhooks: HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Mollie’s next-generation webhooks, which sign the body in `X-Mollie-Signature`, in hexadecimal, with `sha256=`
 * before it.
 *
 * Mollie’s classic webhooks, forms with an `id` such as `tr_...`, carry no signature and cannot be verified: fetch
 * the object from the API by that id and believe only the answer.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/mollie/mollie-api-php (src/Webhooks/SignatureValidator.php, read 2026-11-20)
 */
export const mollie = defineProvider({
  name: 'mollie',
  title: 'Mollie',
  scheme: rawBodyHmac({ header: 'x-mollie-signature', prefix: 'sha256=' }),
  secretHelp: 'The signing secret of the webhook.',
  rotation: 'While a secret is replaced, Mollie may send several values; this preset takes one and several secrets.',
  source: {
    title: 'Mollie’s package for PHP, src/Webhooks/SignatureValidator.php',
    url: 'https://github.com/mollie/mollie-api-php',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['That sha256= always stands before the value; the package takes it off where it does.'],
  unsaid: ['Where id and type of the event stand.'],
});
