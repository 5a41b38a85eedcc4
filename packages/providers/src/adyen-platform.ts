/** Adyen for Platforms, banking and management: HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Adyen’s webhooks for platforms, banking and management, which sign the body in the header `HmacSignature`, in
 * base64. The key is shown in hexadecimal and decoded. Standard payment webhooks carry their signatures in the body:
 * see `adyen`.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/Adyen/adyen-node-api-library (src/utils/hmacValidator.ts, read 2026-11-20)
 */
export const adyenPlatform = defineProvider({
  name: 'adyen-platform',
  title: 'Adyen for Platforms',
  scheme: rawBodyHmac({ header: 'hmacsignature', encoding: 'base64', secret: { encoding: 'hex' } }),
  eventType: { json: 'type' },
  secretHelp: 'The HMAC key of the webhook, in hexadecimal.',
  source: {
    title: 'Adyen’s package for Node, src/utils/hmacValidator.ts',
    url: 'https://github.com/Adyen/adyen-node-api-library',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The name of the header.', 'The place of the event’s type.'],
  assumptions: [
    {
      what: 'the signature stands in the header HmacSignature',
      because:
        'The package takes the bare value; the name of the header was not read in it. Look at one of your deliveries.',
    },
  ],
});
