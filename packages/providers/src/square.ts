/** Square: HMAC-SHA-256 over the address and the body. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Square, which signs `{notification URL}{body}` in `x-square-hmacsha256-signature`, in base64. The receiver needs
 * `publicUrl`, and the address has to be the one registered, to the letter.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/square/square-nodejs-sdk (src/wrapper/WebhooksHelper.ts, read 2026-11-20)
 */
export const square = defineProvider({
  name: 'square',
  title: 'Square',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-square-hmacsha256-signature', encoding: 'base64' },
    signs: ['url', 'body'],
  }),
  eventId: { json: 'event_id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'created_at', unit: 'iso8601' },
  secretHelp: 'The signature key of the webhook subscription.',
  source: {
    title: 'Square’s package for Node, src/wrapper/WebhooksHelper.ts',
    url: 'https://github.com/square/square-nodejs-sdk',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
});
