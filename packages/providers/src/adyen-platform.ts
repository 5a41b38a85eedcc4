/** Adyen for Platforms, banking and management: HMAC-SHA-256 over the raw body. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { AdyenPlatformEvents } from './events/adyen-platform.ts';

export type { AdyenPlatformEvents } from './events/adyen-platform.ts';

/**
 * Adyen’s webhooks for platforms, banking and management, which sign the body in the header `HmacSignature`, in
 * base64. The key is shown in hexadecimal and decoded. Standard payment webhooks carry their signatures in the body:
 * see `adyen`.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/Adyen/adyen-node-api-library (src/utils/hmacValidator.ts and the typings, read 2026-11-26)
 * @see https://docs.adyen.com/development-resources/webhooks/troubleshoot (the retries; read 2026-11-26)
 */
export const adyenPlatform = definePreset<AdyenPlatformEvents>({
  name: 'adyen-platform',
  title: 'Adyen for Platforms',
  scheme: rawBodyHmac({ header: 'hmacsignature', encoding: 'base64', secret: { encoding: 'hex' } }),
  eventType: { json: 'type' },
  responseDeadlineSeconds: 10,
  retries: {
    delaysSeconds: [9, 18, 27, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800],
    horizonSeconds: 2_592_000,
    note: 'Three attempts within a minute, then a queue with growing delays, from two minutes to eight hours, for up to 30 days.',
  },
  secretHelp: 'The HMAC key of the webhook, in hexadecimal.',
  source: {
    title: 'Adyen’s package for Node, src/utils/hmacValidator.ts',
    url: 'https://github.com/Adyen/adyen-node-api-library',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: ['Ten seconds for an answer, read in a third-party guide.'],
  unsaid: [
    'An id that every kind of webhook has: tokenization has eventId, others have an id of the object.',
    'A time in one place: banking webhooks have timestamp, management and tokenization have createdAt.',
  ],
});
