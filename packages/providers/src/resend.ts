/** Resend: Standard Webhooks. */

import { definePreset, standardWebhooksHmac } from '@countersign/core/preset';
import type { ResendEvents } from './events/resend.ts';

export type { ResendEvents } from './events/resend.ts';

/**
 * Resend sends by Svix: `{id}.{timestamp}.{body}` in `svix-signature: v1,...`.
 *
 * @see https://github.com/resend/resend-node (src/webhooks/webhooks.ts, read 2026-11-20)
 * @see https://resend.com/docs/webhooks/retries-and-replays (read 2026-11-26)
 */
export const resend = definePreset<ResendEvents>({
  name: 'resend',
  title: 'Resend',
  scheme: standardWebhooksHmac({ prefix: 'svix' }),
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'created_at', unit: 'iso8601' },
  toleranceSeconds: 300,
  retries: {
    delaysSeconds: [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
    horizonSeconds: 99_305,
    // Svix, which sends for Resend, signs each attempt with its own time.
    resigns: true,
  },
  secretHelp: 'The signing secret of the webhook: whsec_ and the key in base64.',
  wrongSecrets: { re_: 'an API key' },
  rotation: 'Several signatures in one header, separated by spaces; one match is enough.',
  source: {
    title: 'Resend’s package for Node, src/webhooks/webhooks.ts',
    url: 'https://github.com/resend/resend-node',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unsaid: ['How many seconds the sender waits for a response; Svix itself waits 15.'],
});
