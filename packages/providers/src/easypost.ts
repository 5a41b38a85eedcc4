/** EasyPost: HMAC-SHA-256 over the raw body, with a normalised secret. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * EasyPost, which signs the body in `X-Hmac-Signature: hmac-sha256-hex=...`. The secret is normalised to Unicode NFKD
 * first.
 *
 * Its own package writes parsed JSON anew and has to mend `weight: 1` into `1.0`; over the received bytes nothing has
 * to be mended.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/EasyPost/easypost-node (src/utils/util.js, read 2026-11-20)
 */
export const easypost = defineProvider({
  name: 'easypost',
  title: 'EasyPost',
  scheme: rawBodyHmac({ header: 'x-hmac-signature', prefix: 'hmac-sha256-hex=', secret: { encoding: 'utf8_nfkd' } }),
  eventId: { json: 'id' },
  eventType: { json: 'description' },
  secretHelp: 'The secret entered for the webhook.',
  source: {
    title: 'EasyPost’s package for Node, src/utils/util.js',
    url: 'https://github.com/EasyPost/easypost-node',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
});
