/** HubSpot's signatures of version 1: a plain hash with the client secret in front. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * HubSpot, version 1, in `X-HubSpot-Signature`: the SHA-256 of client secret and body, in hexadecimal.
 *
 * This is a hash with a secret in front and no HMAC, and no time is signed. Where HubSpot sends version 3 as well, use
 * `hubspotV3`.
 *
 * @see https://github.com/HubSpot/hubspot-api-nodejs (src/utils/signature.ts, read 2026-11-20)
 */
export const hubspotV1 = defineProvider({
  name: 'hubspot-v1',
  title: 'HubSpot (version 1)',
  scheme: hmac({
    hash: 'SHA-256',
    construction: 'secret_prefix',
    signature: { header: 'x-hubspot-signature', encoding: 'hex' },
    signs: ['body'],
    guards: { 'x-hubspot-signature-version': 'v1' },
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
