/** Box: HMAC-SHA-256 over body and timestamp, with two keys in two headers. */

import { definePreset, hmac } from '@countersign/core/preset';
import type { BoxEvents } from './events/box.ts';

export type { BoxEvents } from './events/box.ts';

/**
 * Box signs `{body}{timestamp}`, in base64, once with the primary and once with the secondary key. Give both
 * as secrets; either header may match either.
 *
 * Box writes its JSON with `\\/` and `\\u` escapes: JSON that was parsed and serialised again does not verify.
 * `event.id` is the id in the body, which stays when a delivery is repeated. `BOX-DELIVERY-ID` is another in every attempt
 * and is not signed.
 *
 * @see https://github.com/box/developer.box.com (content/guides/webhooks/v2, read 2026-11-26)
 */
export const box = definePreset<BoxEvents>({
  name: 'box',
  title: 'Box',
  scheme: hmac({
    hash: 'SHA-256',
    signature: [
      { header: 'box-signature-primary', encoding: 'base64' },
      { header: 'box-signature-secondary', encoding: 'base64' },
    ],
    timestamp: { header: 'box-delivery-timestamp', unit: 'iso8601' },
    signs: ['body', 'timestamp'],
    guards: { 'box-signature-version': '1', 'box-signature-algorithm': 'HmacSHA256' },
  }),
  eventId: { json: 'id' },
  eventType: { json: 'trigger' },
  eventCreatedAt: { json: 'created_at', unit: 'iso8601' },
  toleranceSeconds: 600,
  responseDeadlineSeconds: 30,
  retries: {
    horizonSeconds: 7200,
    note: 'Up to 12 times within two hours. The id in the body stays the same, BOX-DELIVERY-ID does not.',
  },
  secretHelp: 'The primary and the secondary signature key of the application, used as text.',
  rotation: 'Two headers, each with its own key; either may match.',
  source: {
    title: 'Box documentation, V2 Webhooks and Signature Verification',
    url: 'https://github.com/box/developer.box.com/blob/main/content/guides/webhooks/v2/index.md',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unsaid: ['Whether a retry is signed again. The window of ten minutes is Box’s own, and retries go on for two hours.'],
});
