/** Trello: HMAC-SHA-1 over the body and the URL. */

import { composedText, definePreset, handshakes, hmac, signedUrl } from '@countersign/core/preset';
import type { TrelloEvents } from './events/trello.ts';

export type { TrelloEvents } from './events/trello.ts';

/**
 * Trello signs `{body}{callback URL}` in `X-Trello-Webhook`, HMAC-SHA-1 in base64. The receiver needs
 * `publicUrl`, and the URL must be exactly the one given when the webhook was created.
 *
 * The check of a new URL with HEAD, which needs exactly 200, is answered.
 *
 * The body contains the action and the changed model. Two webhooks with the same URL, such as those of a board and of
 * one of its lists, can report the same action, which then counts as one event. If that matters, give each webhook its
 * own URL; a query is enough.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/ (the check by HEAD, read 2026-11-26; the
 *   signature as public receivers quote it, read 2026-11-20)
 */
export const trello = definePreset<TrelloEvents>({
  name: 'trello',
  title: 'Trello',
  scheme: hmac(
    {
      hash: 'SHA-1',
      signature: { header: 'x-trello-webhook', encoding: 'base64' },
      signs: ['body', 'url'],
    },
    composedText,
    signedUrl,
  ),
  eventId: { json: 'action.id' },
  eventType: { json: 'action.type' },
  eventCreatedAt: { json: 'action.date', unit: 'iso8601' },
  retries: {
    delaysSeconds: [30, 60, 120],
    horizonSeconds: 210,
    note: 'A webhook is switched off after 30 failures in a row.',
  },
  handshakes: handshakes([{ name: 'head', when: { method: 'HEAD' }, signed: false, response: {} }]),
  secretHelp: 'The secret of the application, used as text.',
  source: {
    title: 'Public receivers that quote Trello, Webhook signatures',
    url: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#webhook-signatures',
    readOn: '2026-11-26',
  },
  confidence: 'integration_code',
  unverified: ['The retries.', 'The places of id, type and date.'],
});
