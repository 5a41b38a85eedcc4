/** Postmark: name and password in the URL of the webhook. */

import { defineProvider, sharedToken } from '@countersign/core';

/**
 * Postmark, which sends name and password from the webhook’s URL as Basic authentication. The secret of the receiver
 * is `name:password`.
 *
 * Nothing of a delivery is bound to the token: whoever has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see https://github.com/hookdeck/webhook-skills (a guide not by Postmark,
 * skills/postmark-webhooks/references/verification.md, read 2026-11-20)
 */
export const postmark = defineProvider({
  name: 'postmark',
  title: 'Postmark',
  scheme: sharedToken({ token: { header: 'authorization', scheme: 'Basic' } }),
  eventId: { json: ['MessageID', 'RecordType'], join: ':' },
  eventType: { json: 'RecordType' },
  secretHelp: 'name:password, as you put them into the webhook’s URL.',
  source: {
    title: 'hookdeck/webhook-skills, a guide not by Postmark, skills/postmark-webhooks/references/verification.md',
    url: 'https://github.com/hookdeck/webhook-skills',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['That both fields together identify an event.'],
});
