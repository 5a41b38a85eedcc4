/** Clerk: Standard Webhooks. */

import { definePreset, standardWebhooksHmac } from '@countersign/core/preset';
import type { ClerkEvents } from './events/clerk.ts';

export type { ClerkEvents } from './events/clerk.ts';

/**
 * Clerk sends by Svix: `{id}.{timestamp}.{body}` in `svix-signature: v1,...`.
 *
 * @see https://github.com/clerk/javascript (packages/backend/src/webhooks.ts, read 2026-11-26)
 * @see https://github.com/svix/svix-webhooks (server/svix-server/src/worker.rs, for the retries, read 2026-11-26)
 */
export const clerk = definePreset<ClerkEvents>({
  name: 'clerk',
  title: 'Clerk',
  scheme: standardWebhooksHmac({ prefix: 'svix' }),
  eventType: { json: 'type' },
  toleranceSeconds: 300,
  retries: {
    delaysSeconds: [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
    horizonSeconds: 99_305,
    resigns: true,
    note: 'The schedule of Svix, which sends for Clerk. Each attempt has its own timestamp.',
  },
  secretHelp: 'The signing secret of the endpoint: whsec_ and the key in base64.',
  wrongSecrets: { sk_live_: 'a secret key of the API', sk_test_: 'a secret key of the API', pk_: 'a publishable key' },
  rotation: 'Several signatures in one header, separated by spaces; one match is enough.',
  source: {
    title: 'Clerk’s package for backends, packages/backend/src/webhooks.ts',
    url: 'https://github.com/clerk/javascript/blob/main/packages/backend/src/webhooks.ts',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unsaid: ['Whether Clerk keeps the schedule that Svix has by default, and how long the sender waits for a response.'],
});
