/** Bitbucket Cloud: HMAC-SHA-256 over the raw body. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { BitbucketEvents } from './events/bitbucket.ts';

export type { BitbucketEvents } from './events/bitbucket.ts';

/**
 * Bitbucket Cloud signs the body in `X-Hub-Signature: sha256=...`. GitHub and Intercom used the same header with SHA-1.
 *
 * A webhook without a secret sends no signature; such deliveries are refused. Type and id are in unsigned headers.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/hookdeck/webhook-skills (a third-party guide, skills/bitbucket-webhooks/SKILL.md, read
 *   2026-11-20)
 */
export const bitbucket = definePreset<BitbucketEvents>({
  name: 'bitbucket',
  title: 'Bitbucket Cloud',
  scheme: rawBodyHmac({ header: 'x-hub-signature', prefix: 'sha256=' }),
  eventId: { header: 'x-request-uuid' },
  eventType: { header: 'x-event-key' },
  identity: {
    idKept: true,
    source: 'Public receivers that drop repeats by X-Request-UUID (read 2026-11-26)',
    note: 'X-Attempt-Number counts the attempts.',
  },
  secretHelp: 'The secret of the webhook, used as text.',
  source: {
    title: 'hookdeck/webhook-skills, a guide not by Atlassian, skills/bitbucket-webhooks/SKILL.md',
    url: 'https://github.com/hookdeck/webhook-skills',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unsaid: [
    'Whether two pushes can have the same body, as when a branch goes back and forth between two commits.',
    'How deliveries are retried, and how long the sender waits for a response.',
  ],
});
