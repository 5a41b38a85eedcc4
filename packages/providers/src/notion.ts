/** Notion: HMAC-SHA-256 over the raw body, with a token sent in a handshake. */

import { definePreset, handshakes, rawBodyHmac } from '@countersign/core/preset';
import type { NotionEvents } from './events/notion.ts';

export type { NotionEvents } from './events/notion.ts';

/**
 * Notion signs the body in `X-Notion-Signature: sha256=...`.
 *
 * The key is the `verification_token` that Notion posts when a URL is entered. That request arrives before the receiver
 * knows the token, so it cannot be verified: the receiver calls `handshakes.accept` with the token. Paste it in at
 * Notion, and use it as the secret from then on.
 *
 * A retry has the same `id` and another `attempt_number`. Frequent changes of one page are combined into one event.
 *
 * @see https://github.com/makenotion/notion-sdk-js (src/webhooks.ts, read 2026-11-20)
 * @see https://developers.notion.com/reference/webhooks-events-delivery (fields and attempts, read 2026-11-26)
 */
export const notion = definePreset<NotionEvents>({
  name: 'notion',
  title: 'Notion',
  scheme: rawBodyHmac({ header: 'x-notion-signature', prefix: 'sha256=' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'timestamp', unit: 'iso8601' },
  retries: { keepsBody: false, note: 'Up to eight attempts in all; the number of the attempt is in the body.' },
  handshakes: handshakes([
    {
      name: 'verification_token',
      when: { method: 'POST', json: { verification_token: '*' } },
      signed: false,
      value: { json: 'verification_token' },
      asksApp: true,
      response: {},
      note: 'Delivers the secret. It is signed with that same secret, which proves nothing.',
    },
  ]),
  secretHelp: 'The verification_token of the handshake, used whole.',
  wrongSecrets: { ntn_: 'an integration token' },
  source: {
    title: 'Notion’s SDK, src/webhooks.ts',
    url: 'https://github.com/makenotion/notion-sdk-js',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
});
