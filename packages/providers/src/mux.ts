/** Mux: HMAC-SHA-256 over timestamp and body, in one header. */

import { definePreset, timestampedHmac } from '@countersign/core/preset';
import type { MuxEvents } from './events/mux.ts';

export type { MuxEvents } from './events/mux.ts';

/**
 * Mux signs `{t}.{body}` in `mux-signature: t=...,v1=...`.
 *
 * The body has a list of attempts, so its bytes may differ from attempt to attempt; `id` is that of the event.
 *
 * @see https://www.mux.com/docs/core/verify-webhook-signatures (header, signed text; read 2026-11-26)
 * @see https://github.com/muxinc/mux-node-sdk (src/resources/webhooks/webhooks.ts, read 2026-11-26)
 */
export const mux = definePreset<MuxEvents>({
  name: 'mux',
  title: 'Mux',
  scheme: timestampedHmac({ header: 'mux-signature' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'created_at', unit: 'iso8601' },
  toleranceSeconds: 300,
  secretHelp: 'The signing secret of the webhook.',
  rotation: 'Several v1 entries.',
  source: {
    title: 'Mux’s package for Node, src/resources/webhooks/webhooks.ts',
    url: 'https://github.com/muxinc/mux-node-sdk',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unsaid: [
    'The maximum age of a delivery: the documentation leaves it to the receiver.',
    'How deliveries are retried.',
  ],
});
