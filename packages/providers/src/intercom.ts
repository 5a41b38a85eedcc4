/** Intercom: HMAC-SHA-1 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Intercom, which signs the body in `X-Hub-Signature: sha1=...` with the client secret. HMAC-SHA-1 is old but not
 * broken. The topic `ping` is signed like the rest and needs no more than a successful answer.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/hookdeck/webhook-skills (a guide not by Intercom,
 * skills/intercom-webhooks/references/verification.md, read 2026-11-20)
 */
export const intercom = defineProvider({
  name: 'intercom',
  title: 'Intercom',
  scheme: rawBodyHmac({ header: 'x-hub-signature', prefix: 'sha1=', hash: 'SHA-1' }),
  eventId: { json: 'id' },
  eventType: { json: 'topic' },
  secretHelp: 'The client secret of the app.',
  source: {
    title: 'hookdeck/webhook-skills, a guide not by Intercom, skills/intercom-webhooks/references/verification.md',
    url: 'https://github.com/hookdeck/webhook-skills',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['The place of the event’s id.'],
});
