/** Slack: HMAC-SHA-256 over a version, the timestamp and the body, which may be JSON or a form. */

import { definePreset, forms, handshakes, hmac } from '@countersign/core/preset';
import type { SlackEvents } from './events/slack.ts';

export type { SlackEvents } from './events/slack.ts';

/**
 * Slack signs `v0:{timestamp}:{body}` in `X-Slack-Signature: v0=...`. The signing secret is used as text, although
 * it looks like hexadecimal.
 *
 * Events arrive as JSON, slash commands as a form whose fields become the payload, and interactions as a form with JSON in
 * the field `payload`, which becomes the payload. For the Events API `event.type` is the type of the inner event
 * (`app_mention`) and `event.id` the `event_id`; an interaction has its own type (`block_actions`) and no id, a slash
 * command has neither.
 *
 * When a request URL is entered, Slack posts `{ type: 'url_verification', challenge }`, signed like everything else; the
 * receiver repeats the challenge.
 *
 * One request carries one event. Slack follows up to two redirects and retries after anything but a 2xx; it disables an
 * app that fails more than 95 % of its deliveries within an hour. With the header `x-slack-no-retry: 1` in your answer it
 * does not retry.
 *
 * @see https://docs.slack.dev/apis/events-api/ (body, three seconds, retries, read 2026-11-26)
 * @see https://github.com/slackapi/bolt-js (src/receivers/verify-request.ts, read 2026-11-21; it bounds the past only,
 * this preset the future too)
 */
export const slack = definePreset<SlackEvents>({
  name: 'slack',
  title: 'Slack',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-slack-signature', encoding: 'hex', prefix: 'v0=' },
    timestamp: { header: 'x-slack-request-timestamp', unit: 'seconds' },
    signs: [{ text: 'v0:' }, 'timestamp', { text: ':' }, 'body'],
  }),
  eventId: { json: 'event_id' },
  // Interactions, and the notice of a rate limit, have no inner event.
  eventType: { json: 'event.type', otherwise: 'type' },
  eventCreatedAt: { json: 'event_time', unit: 'seconds' },
  toleranceSeconds: 300,
  ...forms,
  payload: { formField: 'payload', otherwise: 'form' },
  responseDeadlineSeconds: 3,
  retries: {
    delaysSeconds: [0, 60, 300],
    // Counted one after the other, the longest reading.
    horizonSeconds: 360,
    note: 'Three retries: almost immediately, after one minute and after five.',
    redirects: {
      count: 'followed',
      note: 'Up to two in a row.',
      source: {
        title: 'Slack documentation, The Events API',
        url: 'https://docs.slack.dev/apis/events-api/',
        readOn: '2026-11-26',
      },
    },
  },
  handshakes: handshakes([
    {
      name: 'url_verification',
      when: { method: 'POST', json: { type: 'url_verification', challenge: '*' } },
      signed: true,
      response: { body: { object: { challenge: { json: 'challenge' } } } },
    },
  ]),
  secretHelp: 'The signing secret of the app, used as text although it looks like hexadecimal.',
  wrongSecrets: {
    'xoxb-': 'a bot token',
    'xoxp-': 'a user token',
    xoxe: 'a rotated token',
    'xapp-': 'an app-level token',
  },
  confidence: 'documented',
  source: {
    title: 'Slack’s Bolt for JavaScript, verify-request.ts',
    url: 'https://github.com/slackapi/bolt-js/blob/0a2969325198391152aa173234fbe1c72be29a1e/src/receivers/verify-request.ts',
    readOn: '2026-11-21',
  },
});
