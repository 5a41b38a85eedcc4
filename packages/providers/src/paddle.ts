/** Paddle Billing: HMAC-SHA-256 over timestamp and body, in one header. */

import { definePreset, hmac } from '@countersign/core/preset';
import type { PaddleEvents } from './events/paddle.ts';

export type { PaddleEvents } from './events/paddle.ts';

/**
 * Paddle signs `{ts}:{body}` in `Paddle-Signature: ts=...;h1=...`, with semicolons. The secret is used whole, including
 * `pdl_ntfset_`. During a rotation there are several `h1`; other versions are skipped.
 *
 * The window of five seconds is that of Paddle’s package for Node and leaves little room for a slow network or clock;
 * it limits only the past there and both sides here. Widen it with `toleranceSeconds` if deliveries are refused as too
 * old.
 *
 * Paddle counts only a 200 within five seconds. `event_id` is the same in each delivery of an event, `notification_id`
 * belongs to one destination.
 *
 * @see https://github.com/PaddleHQ/paddle-node-sdk (src/notifications/helpers/webhooks-validator.ts, read 2026-11-20)
 * @see https://developer.paddle.com/webhooks/about/respond-to-webhooks (deadline and retries, read 2026-11-26)
 */
export const paddle = definePreset<PaddleEvents>({
  name: 'paddle',
  title: 'Paddle Billing',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'paddle-signature', key: 'h1', separator: ';', encoding: 'hex' },
    timestamp: { header: 'paddle-signature', key: 'ts', separator: ';', unit: 'seconds' },
    signs: ['timestamp', { text: ':' }, 'body'],
  }),
  eventId: { json: 'event_id' },
  eventType: { json: 'event_type' },
  eventCreatedAt: { json: 'occurred_at', unit: 'iso8601' },
  toleranceSeconds: 5,
  responseDeadlineSeconds: 5,
  retries: {
    horizonSeconds: 259_200,
    note: 'Live: 60 times within three days, 20 of them in the first hour and 47 in the first day. Sandbox: three times within 15 minutes.',
  },
  secretHelp: 'The secret key of the notification destination, which starts with pdl_ntfset_; used whole.',
  wrongSecrets: {
    pdl_live_apikey_: 'an API key',
    pdl_sdbx_apikey_: 'an API key of the sandbox',
    ntfset_: 'the id of the notification destination',
  },
  rotation: 'h1 several times in one header.',
  source: {
    title: 'Paddle’s package for Node, src/notifications/helpers/webhooks-validator.ts',
    url: 'https://github.com/PaddleHQ/paddle-node-sdk',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unsaid: ['Whether a retry has a new timestamp.'],
});
