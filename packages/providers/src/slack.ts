/** Slack: HMAC-SHA-256 over a version, the timestamp and the body, which may be JSON or a form. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Slack, which signs `v0:{timestamp}:{body}` in `X-Slack-Signature: v0=...`. The signing secret is used as text, although
 * it looks like hexadecimal.
 *
 * Events arrive as JSON; slash commands and interactions as a form, whose fields become the payload. For the Events API
 * `event.type` is the type of the inner event (`app_mention`) and `event.id` the `event_id`; a form has neither.
 *
 * When a request URL is entered, Slack posts `{ type: 'url_verification', challenge }`, signed like everything else; the
 * receiver repeats the challenge.
 *
 * The scheme and the window are those of Slack's SDKs. The deadline, the retries, the two forms of body and the places of
 * id and type were not read on a page of Slack's but in what others quote from it.
 *
 * @see https://github.com/slackapi/bolt-js (src/receivers/verify-request.ts, read 2026-11-21; it bounds the past only,
 * this preset the future too)
 */
export const slack = defineProvider({
  name: 'slack',
  title: 'Slack',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-slack-signature', encoding: 'hex', prefix: 'v0=' },
    timestamp: { header: 'x-slack-request-timestamp', unit: 'seconds' },
    signs: [{ text: 'v0:' }, 'timestamp', { text: ':' }, 'body'],
  }),
  eventId: { json: 'event_id' },
  eventType: { json: 'event.type' },
  toleranceSeconds: 300,
  payload: 'json_or_form',
  responseDeadlineSeconds: 3,
  retries: {
    // Counted one after the other, the longest reading.
    horizonSeconds: 360,
    note: 'Three retries: nearly at once, after one minute and after five.',
  },
  handshakes: [
    {
      name: 'url_verification',
      when: { method: 'POST', json: { type: 'url_verification', challenge: '*' } },
      signed: true,
      answer: { body: { object: { challenge: { json: 'challenge' } } } },
    },
  ],
  secretHelp: 'The signing secret of the app, used as text although it looks like hexadecimal.',
  confidence: 'sdk_source',
  source: {
    title: 'Slack’s Bolt for JavaScript, verify-request.ts',
    url: 'https://github.com/slackapi/bolt-js/blob/0a2969325198391152aa173234fbe1c72be29a1e/src/receivers/verify-request.ts',
    readOn: '2026-11-21',
  },
});
