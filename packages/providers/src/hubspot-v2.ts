/** HubSpot's signatures of version 2: a plain hash with the client secret in front. */

import { composedText, definePreset, hmac, plainHash, signedUrl } from '@countersign/core/preset';
import type { HubSpotV2Events } from './events/hubspot-v2.ts';
import { hubspotSecret } from './shared/hubspot-events.ts';

export type { HubSpotV2Events } from './events/hubspot-v2.ts';

/**
 * HubSpot, version 2, in `X-HubSpot-Signature`: the SHA-256 of client secret, method, URL and body, in hexadecimal.
 *
 * This is a hash with a secret prefix and not an HMAC, and no timestamp is signed. If HubSpot sends version 3 as well,
 * use
 * `hubspotV3`. The URL is signed, so the receiver needs `publicUrl`.
 *
 * HubSpot uses this version for webhook actions of workflows and for custom CRM cards, which it may call with GET,
 * without a body. Two calls about the same record can be equal byte for byte; without a dedupe store both are handled.
 *
 * @see https://github.com/HubSpot/hubspot-api-nodejs (src/utils/signature.ts, read 2026-11-26)
 */
export const hubspotV2 = definePreset<HubSpotV2Events>({
  name: 'hubspot-v2',
  title: 'HubSpot (version 2)',
  scheme: hmac(
    {
      hash: 'SHA-256',
      construction: 'secret_prefix',
      signature: { header: 'x-hubspot-signature', encoding: 'hex' },
      signs: ['method', 'url', 'body'],
      guards: { 'x-hubspot-signature-version': 'v2' },
    },
    composedText,
    plainHash,
    signedUrl,
  ),
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  identity: {
    bytesRepeat: true,
    source:
      'https://developers.hubspot.com/docs/api/webhooks/validating-requests (the example for a GET request has no body), read in a copy on 2026-11-26',
    note: 'No header with an id is documented, so nothing distinguishes two equal calls.',
  },
  ...hubspotSecret,
  source: {
    title: 'HubSpot’s package for Node, src/utils/signature.ts',
    url: 'https://github.com/HubSpot/hubspot-api-nodejs/blob/master/src/utils/signature.ts',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: ['Methods other than GET and POST, which custom CRM cards can choose.'],
  unsaid: ['The id and type of an event: the body of a workflow’s action is a record.', 'How deliveries are retried.'],
});
