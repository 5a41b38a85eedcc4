/** Mailgun: HMAC-SHA-256 over a timestamp and a token, but not over the event. */

import { bodyValues, composedText, definePreset, hmac } from '@countersign/core/preset';
import type { MailgunEvents } from './events/mailgun.ts';

export type {
  MailgunClient,
  MailgunDelivery,
  MailgunEvent,
  MailgunEvents,
  MailgunMessage,
  MailgunPayload,
} from './events/mailgun.ts';

/**
 * Mailgun signs `{timestamp}{token}` inside the body but not the event: `event.signed.body` is false, and anyone who
 * has seen one delivery can send others with any content within the window. The token identifies the delivery: with a
 * dedupe store, each token runs once. Use one, because the window must be wide.
 *
 * Retries are sent for up to eight hours and carry the timestamp, token and signature of the first attempt. Mailgun
 * treats 200 as success and stops at 406; any other status is retried.
 *
 * @see https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries (read 2026-11-26)
 * @see https://github.com/mailgun/mailgun-php (src/Api/Webhook.php, read 2026-11-26)
 * @see https://github.com/hookdeck/webhook-skills (a third-party guide: the signature is the same in each attempt;
 *   skills/mailgun-webhooks/references/verification.md, read 2026-11-26)
 */
export const mailgun = definePreset<MailgunEvents>({
  name: 'mailgun',
  title: 'Mailgun',
  scheme: hmac(
    {
      hash: 'SHA-256',
      signature: { json: 'signature.signature', encoding: 'hex' },
      timestamp: { json: 'signature.timestamp', unit: 'seconds' },
      signs: ['timestamp', { json: 'signature.token' }],
    },
    composedText,
    bodyValues,
  ),
  eventId: { json: 'signature.token' },
  eventType: { json: 'event-data.event' },
  identity: {
    bytesRepeat: false,
    source:
      'https://github.com/hookdeck/webhook-skills, skills/mailgun-webhooks/references/verification.md: the signed token is new for each webhook; read 2026-11-26',
  },
  // Not signed again: the retries end eight hours after the first attempt.
  toleranceSeconds: { past: 28_800, future: 300 },
  retries: {
    delaysSeconds: [300, 600, 900, 3600, 7200, 14_400],
    horizonSeconds: 27_000,
    resigns: false,
    finalOn: [406],
    note: 'Over eight hours. Only 200 counts as success, 406 ends the attempts. Notifications of delivered messages are not repeated.',
  },
  secretHelp: 'The HTTP webhook signing key of the account, used as text. It is not the API key.',
  source: {
    title: 'Mailgun’s package for PHP, src/Api/Webhook.php',
    url: 'https://github.com/mailgun/mailgun-php',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unverified: [
    'That retries carry the first signature: Mailgun’s page does not say it.',
    'The place of the type.',
    'Older webhooks, and messages that a route forwards, come as forms with `timestamp`, `token` and `signature` as fields of their own. This preset refuses them: do not point a route at its endpoint.',
  ],
  unsaid: ['The maximum age of a delivery; the preset covers all retries.'],
});
