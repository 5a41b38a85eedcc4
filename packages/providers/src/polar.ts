/** Polar: Standard Webhooks. */

import { defineProvider, standardWebhooksHmac } from '@countersign/core';

/**
 * Polar, which signs as Standard Webhooks says and takes the text of the secret as the key: nothing is decoded. With
 * another preset for Standard Webhooks every delivery is refused.
 *
 * @see https://github.com/polarsource/polar-js (src/webhooks.ts, read 2026-11-20)
 */
export const polar = defineProvider({
  name: 'polar',
  title: 'Polar',
  scheme: standardWebhooksHmac({ secret: { encoding: 'utf8' } }),
  eventType: { json: 'type' },
  toleranceSeconds: 300,
  secretHelp: 'The secret entered for the endpoint, used as text whatever it looks like.',
  rotation: 'Several signatures in one header, separated by a space; one that matches is enough.',
  source: {
    title: 'Polar’s package for JavaScript, src/webhooks.ts',
    url: 'https://github.com/polarsource/polar-js',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The place of the event’s type.'],
});
