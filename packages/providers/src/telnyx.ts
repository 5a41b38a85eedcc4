/** Telnyx: Ed25519 over timestamp and body. */

import { definePreset } from '@countersign/core/preset';
import { publicKey } from '@countersign/core/preset/public-key';
import type { TelnyxEvents } from './events/telnyx.ts';

export type { TelnyxEvents } from './events/telnyx.ts';

/**
 * Telnyx signs `{timestamp}|{body}` with Ed25519 in `Telnyx-Signature-Ed25519`.
 *
 * An event is tried at the primary address, then at the failover address where one is set: give both the same receiver.
 *
 * @see https://github.com/team-telnyx/telnyx-node (src/lib/webhooks.ts and src/resources/webhooks.ts, read 2026-11-26)
 * @see https://developers.telnyx.com/docs/voice/programmable-voice/receiving-webhooks (read 2026-11-26)
 */
export const telnyx = definePreset<TelnyxEvents, 'keys'>({
  name: 'telnyx',
  title: 'Telnyx',
  scheme: publicKey({
    algorithm: { name: 'Ed25519' },
    signature: { header: 'telnyx-signature-ed25519', encoding: 'base64' },
    timestamp: { header: 'telnyx-timestamp', unit: 'seconds' },
    signs: ['timestamp', { text: '|' }, 'body'],
  }),
  eventId: { json: 'data.id' },
  eventType: { json: 'data.event_type' },
  eventCreatedAt: { json: 'data.occurred_at', unit: 'iso8601' },
  toleranceSeconds: 300,
  retries: {
    note: 'The schedule depends on the product. Then the failover URL; out of order and concurrently too.',
  },
  secretHelp: 'The public key of the account: 32 bytes in base64.',
  source: {
    title: 'Telnyx’s package for Node, src/lib/webhooks.ts',
    url: 'https://github.com/team-telnyx/telnyx-node',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unsaid: ['How long Telnyx waits, and whether a retry is signed again.'],
});
