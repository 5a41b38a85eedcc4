/** Trello: HMAC-SHA-1 over the body and the address. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Trello, which signs `{body}{callback URL}` in `X-Trello-Webhook`, HMAC-SHA-1 in base64. The receiver needs
 * `publicUrl`, and the address has to be the one given when the webhook was made, to the letter.
 *
 * The check of a new address by HEAD is answered.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#webhook-signatures (as public receivers
 * quote it; those were read 2026-11-20)
 */
export const trello = defineProvider({
  name: 'trello',
  title: 'Trello',
  scheme: hmac({
    hash: 'SHA-1',
    signature: { header: 'x-trello-webhook', encoding: 'base64' },
    signs: ['body', 'url'],
  }),
  eventId: { json: 'action.id' },
  eventType: { json: 'action.type' },
  retries: {
    delaysSeconds: [30, 60, 120],
    horizonSeconds: 210,
    note: 'A webhook is switched off after 30 failures in a row.',
  },
  handshakes: [{ name: 'head', when: { method: 'HEAD' }, signed: false, answer: {} }],
  secretHelp: 'The secret of the application, used as text.',
  source: {
    title: 'Public receivers that quote Trello, Webhook signatures',
    url: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#webhook-signatures',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['The retries, and the check by HEAD.'],
});
