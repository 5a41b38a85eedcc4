/** Clerk: Standard Webhooks. */

import { defineProvider, standardWebhooksHmac } from '@countersign/core';

/**
 * Clerk, which sends by Svix: `{id}.{timestamp}.{body}` in `svix-signature: v1,...`.
 *
 * @see https://github.com/clerk/javascript (packages/backend/src/webhooks.ts, read 2026-11-20)
 */
export const clerk = defineProvider({
  name: 'clerk',
  title: 'Clerk',
  scheme: standardWebhooksHmac({ prefix: 'svix' }),
  eventType: { json: 'type' },
  toleranceSeconds: 300,
  secretHelp: 'The signing secret of the endpoint: whsec_ and the key in base64.',
  rotation: 'Several signatures in one header, separated by a space; one that matches is enough.',
  source: {
    title: 'Clerk’s package for backends, packages/backend/src/webhooks.ts',
    url: 'https://github.com/clerk/javascript',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unverified: ['The place of the event’s type.'],
});
