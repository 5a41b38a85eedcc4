/** EasyPost: HMAC-SHA-256 over the raw body, with a normalised secret. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { EasyPostEvents } from './events/easypost.ts';

export type { EasyPostEvents } from './events/easypost.ts';

/**
 * EasyPost signs the body in `X-Hmac-Signature: hmac-sha256-hex=...`. The secret is normalised to Unicode NFKD
 * first.
 *
 * The body lists the addresses that were and were not reached, so its bytes may change from attempt to attempt; `id` is
 * that of the event.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/EasyPost/easypost-node (src/utils/util.js, read 2026-11-26)
 * @see https://github.com/EasyPost/examples (official/fixtures/event-body.json, read 2026-11-26)
 */
export const easypost = definePreset<EasyPostEvents>({
  name: 'easypost',
  title: 'EasyPost',
  scheme: rawBodyHmac({ header: 'x-hmac-signature', prefix: 'hmac-sha256-hex=', secret: { encoding: 'utf8_nfkd' } }),
  eventId: { json: 'id' },
  eventType: { json: 'description' },
  eventCreatedAt: { json: 'created_at', unit: 'iso8601' },
  secretHelp: 'The secret entered for the webhook.',
  wrongSecrets: { EZAK: 'an API key', EZTK: 'a test API key' },
  source: {
    title: 'EasyPost’s package for Node, src/utils/util.js',
    url: 'https://github.com/EasyPost/easypost-node',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unsaid: ['How deliveries are retried.'],
});
