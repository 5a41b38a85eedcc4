/** Telnyx: Ed25519 over timestamp and body. */

import { defineProvider, publicKey } from '@countersign/core';

/**
 * Telnyx, which signs `{timestamp}|{body}` with Ed25519 in `Telnyx-Signature-Ed25519`.
 *
 * @see https://github.com/team-telnyx/telnyx-node (src/lib/webhooks.ts, read 2026-11-20)
 */
export const telnyx = defineProvider<object, 'keys'>({
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
  toleranceSeconds: 300,
  secretHelp: 'The public key of the account: 32 bytes in base64.',
  source: {
    title: 'Telnyx’s package for Node, src/lib/webhooks.ts',
    url: 'https://github.com/team-telnyx/telnyx-node',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The places of the event’s id and type.'],
});
