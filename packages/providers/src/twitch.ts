/** Twitch EventSub: HMAC-SHA-256 over id, timestamp and body. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Twitch, which signs `{id}{timestamp}{body}` in `Twitch-Eventsub-Message-Signature: sha256=...`, nothing between the
 * parts. The timestamp is text as in RFC 3339 and signed as it is sent.
 *
 * The verification of a new subscription is signed too and answered with its `challenge`. The type of an event stands
 * in a header and, signed, as `subscription.type` in the body, which is the one taken here.
 *
 * @see https://github.com/twitchdev/eventsub-webhooks-node-sample (index.js, read 2026-11-20)
 */
export const twitch = defineProvider({
  name: 'twitch',
  title: 'Twitch EventSub',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'twitch-eventsub-message-signature', encoding: 'hex', prefix: 'sha256=' },
    timestamp: { header: 'twitch-eventsub-message-timestamp', unit: 'iso8601' },
    id: { header: 'twitch-eventsub-message-id' },
    signs: ['id', 'timestamp', 'body'],
  }),
  eventType: { json: 'subscription.type' },
  toleranceSeconds: 600,
  handshakes: [
    {
      name: 'webhook_callback_verification',
      when: { method: 'POST', json: { challenge: '*' } },
      signed: true,
      answer: { body: { json: 'challenge' } },
    },
  ],
  secretHelp: 'The secret given when the subscription was made, 10 to 100 characters of ASCII; choose 16 or more.',
  source: {
    title: 'Twitch’s sample for EventSub, index.js',
    url: 'https://github.com/twitchdev/eventsub-webhooks-node-sample',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['Ten minutes as the window.', 'The place of the type in the body.'],
});
