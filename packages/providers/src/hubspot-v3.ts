/** HubSpot's signatures of version 3: HMAC-SHA-256 over method, URL, body and timestamp. */

import { batches, composedText, definePreset, hmac, signedUrl } from '@countersign/core/preset';
import type { HubSpotV3Events } from './events/hubspot-v3.ts';
import { hubspotBatches, hubspotSecret } from './shared/hubspot-events.ts';

export type { HubSpotV3Events } from './events/hubspot-v3.ts';

/**
 * HubSpot, version 3, which signs `{method}{url}{body}{timestamp}` in `X-HubSpot-Signature-v3`. The receiver needs
 * `publicUrl`.
 *
 * One delivery is an array of up to 100 events; each is handled separately. HubSpot says that `eventId` is not guaranteed
 * to be unique, so several fields together are the id. `attemptNumber` is not among them: it grows with each attempt. Events
 * about associations have `fromObjectId` and `toObjectId` in place of `objectId`.
 *
 * @see https://github.com/HubSpot/hubspot-api-nodejs (src/utils/signature.ts, read 2026-11-26)
 */
export const hubspotV3 = definePreset<HubSpotV3Events>({
  name: 'hubspot-v3',
  title: 'HubSpot (version 3)',
  scheme: hmac(
    {
      hash: 'SHA-256',
      signature: { header: 'x-hubspot-signature-v3', encoding: 'base64' },
      timestamp: { header: 'x-hubspot-request-timestamp', unit: 'milliseconds' },
      signs: ['method', 'url', 'body', 'timestamp'],
      urlForms: ['exact', 'decoded'],
    },
    composedText,
    signedUrl,
  ),
  ...batches,
  ...hubspotBatches,
  toleranceSeconds: 300,
  ...hubspotSecret,
  source: {
    title: 'HubSpot’s package for Node, src/utils/signature.ts',
    url: 'https://github.com/HubSpot/hubspot-api-nodejs/blob/master/src/utils/signature.ts',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: [
    'That some escapes of the URL are undone before it is signed; both spellings are tried.',
    'The names fromObjectId and toObjectId.',
    'The deadline, the retries and the fields of an event, which were read in copies of HubSpot’s pages.',
  ],
  unsaid: ['Whether a retry is signed again; with a window of five minutes it must be.'],
});
