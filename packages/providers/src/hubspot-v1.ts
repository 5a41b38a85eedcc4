/** HubSpot's signatures of version 1: a plain hash with the client secret in front. */

import { batches, definePreset, hmac, plainHash } from '@countersign/core/preset';
import type { HubSpotV1Events } from './events/hubspot-v1.ts';
import { hubspotBatches, hubspotSecret } from './shared/hubspot-events.ts';

export type { HubSpotV1Events } from './events/hubspot-v1.ts';

/**
 * HubSpot, version 1, in `X-HubSpot-Signature`: the SHA-256 of client secret and body, in hexadecimal.
 *
 * This is a hash with a secret prefix and not an HMAC, and no timestamp is signed. If HubSpot sends version 3 as well,
 * use
 * `hubspotV3`.
 *
 * HubSpot uses this version for subscriptions to CRM objects: an array of up to 100 events, each handled separately.
 * See
 * `hubspotV3` for the fields that make the id.
 *
 * @see https://github.com/HubSpot/hubspot-api-nodejs (src/utils/signature.ts, read 2026-11-26)
 */
export const hubspotV1 = definePreset<HubSpotV1Events>({
  name: 'hubspot-v1',
  title: 'HubSpot (version 1)',
  scheme: hmac(
    {
      hash: 'SHA-256',
      construction: 'secret_prefix',
      signature: { header: 'x-hubspot-signature', encoding: 'hex' },
      signs: ['body'],
      guards: { 'x-hubspot-signature-version': 'v1' },
    },
    plainHash,
  ),
  ...batches,
  ...hubspotBatches,
  ...hubspotSecret,
  source: {
    title: 'HubSpot’s package for Node, src/utils/signature.ts',
    url: 'https://github.com/HubSpot/hubspot-api-nodejs/blob/master/src/utils/signature.ts',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: [
    'The names fromObjectId and toObjectId.',
    'The deadline, the retries and the fields of an event, which were read in copies of HubSpot’s pages.',
  ],
});
