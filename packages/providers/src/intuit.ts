/** Intuit QuickBooks: HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Intuit, which signs the body in `intuit-signature`, in base64, with the verifier token. A delivery lists changed
 * entities and has no id.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/IntuitDeveloper/SampleApp-Webhooks-nodejs (routes/routes.js, read 2026-11-20)
 */
export const intuit = defineProvider({
  name: 'intuit',
  title: 'Intuit QuickBooks',
  scheme: rawBodyHmac({ header: 'intuit-signature', encoding: 'base64' }),
  secretHelp: 'The verifier token of the app’s webhooks.',
  source: {
    title: 'Intuit’s sample app for webhooks, routes/routes.js',
    url: 'https://github.com/IntuitDeveloper/SampleApp-Webhooks-nodejs',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  assumptions: [
    {
      what: 'the signature is base64',
      because: 'The encoding was not confirmed in the sample. Look at one of your deliveries.',
    },
  ],
  unsaid: ['An id and a type of the event.'],
});
