/** Jira Cloud’s admin webhooks with a secret: HMAC-SHA-256 over the raw body. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { JiraEvents } from './events/jira.ts';

export type { JiraEvents } from './events/jira.ts';

/**
 * Jira Cloud signs the body in `X-Hub-Signature: sha256=...` where an admin webhook has a secret: one that an
 * administrator made under System, WebHooks or by `/rest/webhooks/1.0/webhook`. Webhooks that an app registers carry a JWT
 * instead and are refused, and so are admin webhooks without a secret.
 *
 * The identifier in `X-Atlassian-Webhook-Identifier` is the same in each attempt and is not signed. Bodies have a
 * `timestamp` in milliseconds, so the digest of the body identifies an event. Webhooks that exclude the body cannot be read.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks (as others quote it)
 * @see https://community.developer.atlassian.com/t/new-jira-cloud-webhook-retry-policy/30554 (read 2026-11-26)
 * @see https://github.com/hookdeck/webhook-skills (a guide not by Atlassian,
 * skills/jira-webhooks/references/overview.md, read 2026-11-26)
 */
export const jira = definePreset<JiraEvents>({
  name: 'jira',
  title: 'Jira Cloud',
  scheme: rawBodyHmac({ header: 'x-hub-signature', prefix: 'sha256=' }),
  eventId: { header: 'x-atlassian-webhook-identifier' },
  eventType: { json: 'webhookEvent' },
  eventCreatedAt: { json: 'timestamp', unit: 'milliseconds' },
  identity: {
    bytesRepeat: false,
    idKept: true,
    source:
      'https://mrrefactoring.github.io/jira.js/api/interfaces/webhooks.WebhookHeaders (the identifier) and https://github.com/hookdeck/webhook-skills, skills/jira-webhooks/references/overview.md (timestamp in every body); read 2026-11-26',
  },
  responseDeadlineSeconds: 20,
  retries: {
    horizonSeconds: 4500,
    retriedOn: [408, 409, 425, 429, '5xx'],
    note: 'Up to five times, 5 to 15 minutes apart, after 408, 409, 425, 429, 5xx, a failed connection or a timeout.',
  },
  secretHelp: 'The secret of the admin webhook, used as text. Jira shows it once.',
  source: {
    title: 'hookdeck/webhook-skills, a guide not by Atlassian, skills/jira-webhooks/references/overview.md',
    url: 'https://github.com/hookdeck/webhook-skills',
    readOn: '2026-11-26',
  },
  confidence: 'integration_code',
  unverified: ['The deadline of 20 seconds.', 'The number and the delays of the retries.'],
});
