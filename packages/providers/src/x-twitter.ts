/** X (Twitter): HMAC-SHA-256 over the raw body, and a challenge every hour. */

import { definePreset, handshakes, rawBodyHmac } from '@countersign/core/preset';
import type { XTwitterEvents } from './events/x-twitter.ts';

export type { XTwitterEvents } from './events/x-twitter.ts';

/**
 * X signs the body in `x-twitter-webhooks-signature: sha256=...`, in base64, with the consumer secret.
 *
 * Its challenge (CRC), a GET with `crc_token` that is sent on registration, on request and occasionally, is answered
 * with a MAC with the same secret. The text signed for a stranger there is never free text, only letters, digits and
 * `+/=_-`: with braces, the answer would be a signature for a forged delivery.
 *
 * The URL must be HTTPS and without a port.
 *
 * `event.type` is that of the X Activity API (`post.create`). The Account Activity API names the type by a key of the
 * body (`favorite_events`), so there it is undefined. The digest of the body identifies an event: `data.event_uuid` is
 * described as the id of a delivery and looks like the id of the post, which several events can share.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/xdevplatform/docs (x-api/webhooks and x-api/activity/event-payloads.mdx, read 2026-11-26)
 */
export const xTwitter = definePreset<XTwitterEvents>({
  name: 'x-twitter',
  title: 'X',
  scheme: rawBodyHmac({ header: 'x-twitter-webhooks-signature', encoding: 'base64', prefix: 'sha256=' }),
  eventType: { json: 'data.event_type' },
  identity: {
    bytesRepeat: false,
    source:
      'https://github.com/xdevplatform/docs (x-api/account-activity/introduction.mdx, x-api/activity/event-payloads.mdx: every event has an id or a time), read 2026-11-26',
  },
  responseDeadlineSeconds: 10,
  retries: {
    note: 'No schedule is stated. Missed events can be sent again by a replay job, which reaches back five days.',
  },
  handshakes: handshakes([
    {
      name: 'crc',
      when: { method: 'GET', query: { crc_token: '*' } },
      signed: false,
      response: {
        body: {
          object: {
            response_token: {
              macOf: { query: 'crc_token' },
              grammar: { characters: 'token', minLength: 1, maxLength: 256 },
              encoding: 'base64',
              prefix: 'sha256=',
            },
          },
        },
      },
    },
  ]),
  secretHelp: 'The consumer secret (API key secret) of the app; not the bearer token or an access token.',
  wrongSecrets: { AAAAAAAAAAAAAAAAAAAA: 'a bearer token' },
  source: {
    title: 'X documentation, Webhooks quickstart',
    url: 'https://github.com/xdevplatform/docs/blob/main/x-api/webhooks/quickstart.mdx',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unsaid: ['An id that is the same in every attempt.', 'When deliveries are retried.'],
});
