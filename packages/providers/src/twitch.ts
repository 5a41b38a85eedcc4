/** Twitch EventSub: HMAC-SHA-256 over id, timestamp and body. */

import { composedText, definePreset, handshakes, hmac } from '@countersign/core/preset';
import type { TwitchEvents } from './events/twitch.ts';

export type { TwitchEvents } from './events/twitch.ts';

/**
 * Twitch signs `{id}{timestamp}{body}` in `Twitch-Eventsub-Message-Signature: sha256=...`, nothing between the
 * parts. The timestamp is text as in RFC 3339 and signed as it is sent.
 *
 * The verification of a new subscription is signed too and answered with its `challenge`. The type of an event is in a
 * header and, signed, as `subscription.type` in the body, which is the one taken here.
 *
 * When Twitch ends a subscription it says so in a delivery of the same type, without `event` and with a
 * `subscription.status` other than `enabled`. Look at the status before the event.
 *
 * The id is the same when Twitch sends an event again.
 *
 * @see https://dev.twitch.tv/docs/eventsub/handling-webhook-events (read 2026-11-26)
 * @see https://github.com/twitchdev/twitch-cli (internal/events/trigger/forward_event.go, read 2026-11-26)
 * @see https://github.com/twitchdev/eventsub-webhooks-node-sample (index.js, read 2026-11-20)
 */
export const twitch = definePreset<TwitchEvents>({
  name: 'twitch',
  title: 'Twitch EventSub',
  scheme: hmac(
    {
      hash: 'SHA-256',
      signature: { header: 'twitch-eventsub-message-signature', encoding: 'hex', prefix: 'sha256=' },
      timestamp: { header: 'twitch-eventsub-message-timestamp', unit: 'iso8601' },
      id: { header: 'twitch-eventsub-message-id' },
      signs: ['id', 'timestamp', 'body'],
    },
    composedText,
  ),
  eventType: { json: 'subscription.type' },
  toleranceSeconds: 600,
  retries: {
    note: 'At least once; no schedule is stated. Answer within a few seconds: after too many failures the subscription ends with the status notification_failures_exceeded.',
  },
  handshakes: handshakes([
    {
      name: 'webhook_callback_verification',
      when: { method: 'POST', json: { challenge: '*' } },
      signed: true,
      response: { body: { json: 'challenge' } },
    },
  ]),
  secretHelp: 'The secret given when the subscription was created, 10 to 100 characters of ASCII; choose 16 or more.',
  source: {
    title:
      'Twitch’s command-line tool, internal/events/trigger/forward_event.go; and its sample for EventSub, index.js',
    url: 'https://github.com/twitchdev/twitch-cli/blob/main/internal/events/trigger/forward_event.go',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: ['Ten minutes as the window.'],
  unsaid: ['When an event is sent again, and whether it is signed again then.'],
});
