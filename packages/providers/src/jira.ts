/** Jira Cloud’s dynamic webhooks with a secret: HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Jira Cloud, which signs the body in `X-Hub-Signature: sha256=...` where a dynamic webhook has a secret. Webhooks
 * made in the user interface are not signed and are refused. The identifier in `X-Atlassian-Webhook-Identifier` is
 * not signed.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/hookdeck/webhook-skills (a guide not by Atlassian,
 * skills/jira-webhooks/references/verification.md, read 2026-11-20)
 */
export const jira = defineProvider({
  name: 'jira',
  title: 'Jira Cloud',
  scheme: rawBodyHmac({ header: 'x-hub-signature', prefix: 'sha256=' }),
  eventId: { header: 'x-atlassian-webhook-identifier' },
  eventType: { json: 'webhookEvent' },
  secretHelp: 'The secret given when the webhook was registered.',
  source: {
    title: 'hookdeck/webhook-skills, a guide not by Atlassian, skills/jira-webhooks/references/verification.md',
    url: 'https://github.com/hookdeck/webhook-skills',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
});
