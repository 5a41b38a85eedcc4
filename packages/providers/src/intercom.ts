/** Intercom: HMAC-SHA-1 over the raw body. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { IntercomEvents } from './events/intercom.ts';

export type { IntercomEvents, IntercomPayload } from './events/intercom.ts';

/**
 * Intercom signs the body in `X-Hub-Signature: sha1=...` with the client secret. HMAC-SHA-1 is old but not broken. The
 * topic `ping` is signed like the rest and needs only a successful response.
 *
 * The body counts the attempts in `delivery_attempts`, so its bytes change from attempt to attempt; `id` does not.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/hookdeck/webhook-skills (a third-party guide,
 *   skills/intercom-webhooks/references/overview.md, read 2026-11-26)
 * @see https://developers.intercom.com/docs/webhooks/webhook-notifications (pauses and suspension; read 2026-11-26)
 */
export const intercom = definePreset<IntercomEvents>({
  name: 'intercom',
  title: 'Intercom',
  scheme: rawBodyHmac({ header: 'x-hub-signature', prefix: 'sha1=', hash: 'SHA-1' }),
  eventId: { json: 'id' },
  eventType: { json: 'topic' },
  eventCreatedAt: { json: 'created_at', unit: 'seconds' },
  responseDeadlineSeconds: 5,
  retries: {
    // delivery_attempts is in the body.
    keepsBody: false,
    note: 'The schedule is not stated. More than 1000 failures in 15 minutes pause a subscription, seven days of failures suspend it.',
  },
  secretHelp: 'The client secret of the app, used as text.',
  source: {
    title: 'hookdeck/webhook-skills, a guide not by Intercom, skills/intercom-webhooks/references/overview.md',
    url: 'https://github.com/hookdeck/webhook-skills',
    readOn: '2026-11-26',
  },
  confidence: 'integration_code',
  unverified: ['The deadline of five seconds.', 'The places of id and time of the event.'],
});
