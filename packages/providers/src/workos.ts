/** WorkOS: HMAC-SHA-256 over timestamp and body, in one header. */

import { definePreset, hmac } from '@countersign/core/preset';
import type { WorkOSEvents } from './events/workos.ts';

export type { WorkOSEvents } from './events/workos.ts';

/**
 * WorkOS signs `{t}.{body}` in `WorkOS-Signature: t=..., v1=...`. The time is in milliseconds, and there may
 * be a space behind the comma.
 *
 * WorkOS' own package bounds the past only, this preset the future too.
 *
 * @see https://github.com/workos/workos-node (src/common/crypto/signature-provider.ts and
 * src/common/interfaces/event.interface.ts, read 2026-11-26)
 */
export const workos = definePreset<WorkOSEvents>({
  name: 'workos',
  title: 'WorkOS',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'workos-signature', key: 'v1', separator: ',', spaced: true, encoding: 'hex' },
    timestamp: { header: 'workos-signature', key: 't', separator: ',', spaced: true, unit: 'milliseconds' },
    signs: ['timestamp', { text: '.' }, 'body'],
  }),
  eventId: { json: 'id' },
  eventType: { json: 'event' },
  eventCreatedAt: { json: 'created_at', unit: 'iso8601' },
  toleranceSeconds: 180,
  secretHelp: 'The secret of the webhook endpoint, used as text, including whsec_ if it starts with that.',
  wrongSecrets: { sk_: 'an API key' },
  source: {
    title: 'WorkOS’ package for Node, src/common/crypto/signature-provider.ts',
    url: 'https://github.com/workos/workos-node',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unsaid: ['When deliveries are repeated, and whether they are signed again then.'],
});
