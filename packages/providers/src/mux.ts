/** Mux: HMAC-SHA-256 over timestamp and body, in one header. */

import { defineProvider, timestampedHmac } from '@countersign/core';

/**
 * Mux, which signs `{t}.{body}` in `mux-signature: t=...,v1=...`.
 *
 * @see https://github.com/muxinc/mux-node-sdk (src/resources/webhooks/webhooks.ts, read 2026-11-20)
 */
export const mux = defineProvider({
  name: 'mux',
  title: 'Mux',
  scheme: timestampedHmac({ header: 'mux-signature' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  toleranceSeconds: 300,
  secretHelp: 'The signing secret of the webhook.',
  rotation: 'Several v1 entries.',
  source: {
    title: 'Mux’s package for Node, src/resources/webhooks/webhooks.ts',
    url: 'https://github.com/muxinc/mux-node-sdk',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['Five minutes as the window.', 'The places of id and type.'],
});
