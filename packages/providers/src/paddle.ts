/** Paddle Billing: HMAC-SHA-256 over timestamp and body, in one header. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Paddle, which signs `{ts}:{body}` in `Paddle-Signature: ts=...;h1=...`, with semicolons. The secret is used whole,
 * `pdl_ntfset_` included. While it is replaced `h1` stands several times; other versions are passed over.
 *
 * The window of five seconds is that of Paddle’s package for Node and leaves little room for a slow network or clock;
 * it bounds the past there and both sides here. Widen it with `toleranceSeconds` where deliveries are refused as too
 * old.
 *
 * @see https://github.com/PaddleHQ/paddle-node-sdk (src/notifications/helpers/webhooks-validator.ts, read 2026-11-20)
 */
export const paddle = defineProvider({
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
  secretHelp: 'The secret key of the notification destination, which starts with pdl_ntfset_; used whole.',
  rotation: 'h1 several times in one header.',
  source: {
    title: 'Paddle’s package for Node, src/notifications/helpers/webhooks-validator.ts',
    url: 'https://github.com/PaddleHQ/paddle-node-sdk',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The places of id and type.'],
});
