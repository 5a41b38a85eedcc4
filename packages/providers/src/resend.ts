/** Resend: Standard Webhooks. */

import { defineProvider, standardWebhooksHmac } from '@countersign/core';

/**
 * Resend, which sends by Svix: `{id}.{timestamp}.{body}` in `svix-signature: v1,...`.
 *
 * @see https://github.com/resend/resend-node (src/webhooks/webhooks.ts, read 2026-11-20)
 */
export const resend = defineProvider({
  name: 'resend',
  title: 'Resend',
  scheme: standardWebhooksHmac({ prefix: 'svix' }),
  eventType: { json: 'type' },
  toleranceSeconds: 300,
  secretHelp: 'The signing secret of the webhook: whsec_ and the key in base64.',
  rotation: 'Several signatures in one header, separated by a space; one that matches is enough.',
  source: {
    title: 'Resend’s package for Node, src/webhooks/webhooks.ts',
    url: 'https://github.com/resend/resend-node',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The names of the headers, which the package takes from its caller, and the place of the type.'],
  assumptions: [
    {
      what: 'the headers are svix-id, svix-timestamp and svix-signature',
      because: 'The package takes them from its caller and names none. Look at one of your deliveries.',
    },
  ],
});
