/** Square: HMAC-SHA-256 over the URL and the body. */

import { composedText, definePreset, hmac, signedUrl } from '@countersign/core/preset';
import type { SquareEvents } from './events/square.ts';

export type { SquareEvents } from './events/square.ts';

/**
 * Square signs `{notification URL}{body}` in `x-square-hmacsha256-signature`, in base64. The receiver needs
 * `publicUrl`, and the URL must be exactly the registered one.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/square/square-nodejs-sdk (src/wrapper/WebhooksHelper.ts, read 2026-11-20)
 * @see https://developer.squareup.com/docs/webhooks/overview (id, deadline and retries, partly as quoted in public
 *   notes, read 2026-11-26)
 */
export const square = definePreset<SquareEvents>({
  name: 'square',
  title: 'Square',
  scheme: hmac(
    {
      hash: 'SHA-256',
      signature: { header: 'x-square-hmacsha256-signature', encoding: 'base64' },
      signs: ['url', 'body'],
    },
    composedText,
    signedUrl,
  ),
  eventId: { json: 'event_id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'created_at', unit: 'iso8601' },
  responseDeadlineSeconds: 10,
  retries: {
    delaysSeconds: [60, 120, 240, 480, 960, 1920, 3600, 7200, 14_400, 28_800, 28_800],
    horizonSeconds: 86_580,
    note: 'For up to 24 hours, after any response other than 2xx. Events may arrive in any order.',
  },
  secretHelp: 'The signature key of the webhook subscription.',
  wrongSecrets: { EAAA: 'an access token', 'sq0csp-': 'an application secret', 'sq0idp-': 'an application id' },
  source: {
    title: 'Square’s package for Node, src/wrapper/WebhooksHelper.ts',
    url: 'https://github.com/square/square-nodejs-sdk',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
});
