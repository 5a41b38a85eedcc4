/** HubSpot's signatures of version 3: HMAC-SHA-256 over method, URL, body and timestamp. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * HubSpot, version 3, which signs `{method}{url}{body}{timestamp}` in `X-HubSpot-Signature-v3`. The receiver needs
 * `publicUrl`.
 *
 * One delivery is an array of events; each is handled on its own. A retry has the same `eventId` and a higher
 * `attemptNumber`.
 *
 * @see https://github.com/HubSpot/hubspot-api-nodejs (src/utils/signature.ts, read 2026-11-20)
 */
export const hubspotV3 = defineProvider({
  name: 'hubspot-v3',
  title: 'HubSpot (version 3)',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-hubspot-signature-v3', encoding: 'base64' },
    timestamp: { header: 'x-hubspot-request-timestamp', unit: 'milliseconds' },
    signs: ['method', 'url', 'body', 'timestamp'],
    urlForms: ['exact', 'decoded'],
  }),
  eventId: { json: 'eventId' },
  eventType: { json: 'subscriptionType' },
  batch: { json: '*' },
  toleranceSeconds: 300,
  secretHelp: 'The client secret of the app.',
  source: {
    title: 'HubSpot’s package for Node, src/utils/signature.ts',
    url: 'https://github.com/HubSpot/hubspot-api-nodejs/blob/master/src/utils/signature.ts',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['That some escapes of the URL are undone before it is signed; both spellings are tried.'],
});
