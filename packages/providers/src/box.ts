/** Box: HMAC-SHA-256 over body and timestamp, with two keys in two headers. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Box, which signs `{body}{timestamp}`, in base64, once with the primary and once with the secondary key. Give both
 * as secrets; either header may match either.
 *
 * Box writes its JSON with `\\/` and `\\u` escapes: JSON that was parsed and written again does not verify.
 * `BOX-DELIVERY-ID` is not signed.
 *
 * @see https://github.com/box/developer.box.com (Signatures, read 2026-11-20)
 */
export const box = defineProvider({
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
  eventId: { header: 'box-delivery-id' },
  eventType: { json: 'trigger' },
  toleranceSeconds: 600,
  secretHelp: 'The primary and the secondary signature key of the application, used as text.',
  rotation: 'Two headers, each with its own key; either may match.',
  source: {
    title: 'Box documentation, Signatures',
    url: 'https://github.com/box/developer.box.com',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
});
