/** HubSpot's signatures of version 2: a plain hash with the client secret in front. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * HubSpot, version 2, in `X-HubSpot-Signature`: the SHA-256 of client secret, method, URL and body, in hexadecimal.
 *
 * This is a hash with a secret in front and no HMAC, and no time is signed. Where HubSpot sends version 3 as well, use
 * `hubspotV3`. The URL is signed, so the receiver needs `publicUrl`.
 *
 * @see https://github.com/HubSpot/hubspot-api-nodejs (src/utils/signature.ts, read 2026-11-20)
 */
export const hubspotV2 = defineProvider({
  name: 'hubspot-v2',
  title: 'HubSpot (version 2)',
  scheme: hmac({
    hash: 'SHA-256',
    construction: 'secret_prefix',
    signature: { header: 'x-hubspot-signature', encoding: 'hex' },
    signs: ['method', 'url', 'body'],
    guards: { 'x-hubspot-signature-version': 'v2' },
  }),
  secretHelp: 'The client secret of the app.',
  source: {
    title: 'HubSpot’s package for Node, src/utils/signature.ts',
    url: 'https://github.com/HubSpot/hubspot-api-nodejs/blob/master/src/utils/signature.ts',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unsaid: ['Where id and type of an event stand in deliveries of this version.'],
});
