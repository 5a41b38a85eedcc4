/** Mailgun: HMAC-SHA-256 over a timestamp and a token, and over nothing of the event. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Mailgun, which signs `{timestamp}{token}` inside the body and nothing of the event: `event.signed.body` is false,
 * and whoever has seen one delivery can send others with any content within the window. The token stands for the
 * delivery: with a dedupe store, each token runs once.
 *
 * @see https://github.com/mailgun/mailgun-php (src/Api/Webhook.php, read 2026-11-20)
 */
export const mailgun = defineProvider({
  name: 'mailgun',
  title: 'Mailgun',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { json: 'signature.signature', encoding: 'hex' },
    timestamp: { json: 'signature.timestamp', unit: 'seconds' },
    signs: ['timestamp', { json: 'signature.token' }],
  }),
  eventId: { json: 'signature.token' },
  eventType: { json: 'event-data.event' },
  secretHelp: 'The HTTP webhook signing key of the account.',
  source: {
    title: 'Mailgun’s package for PHP, src/Api/Webhook.php',
    url: 'https://github.com/mailgun/mailgun-php',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The place of the type; older webhooks and inbound mail come as forms, which this preset refuses.'],
  unsaid: ['How old a delivery may be; the preset takes 300 seconds.'],
});
