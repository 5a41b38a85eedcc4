/** Discord: Ed25519 over timestamp and body, for interactions and for webhook events. */

import { definePreset, handshakes } from '@countersign/core/preset';
import { publicKey } from '@countersign/core/preset/public-key';
import type { DiscordEvents } from './events/discord.ts';

export type { DiscordEvents } from './events/discord.ts';

/**
 * Discord signs `{timestamp}{body}` with Ed25519 in `X-Signature-Ed25519`, for interactions and for webhook events.
 *
 * The receiver answers both kinds of PING. Discord also sends requests with wrong signatures on purpose, when a URL is
 * entered and occasionally later, and disables a URL that does not respond to them with 401: those refusals are not an
 * attack.
 *
 * A webhook event expects an empty 204, which is sent if your handler returns nothing. An interaction expects your own
 * response.
 *
 * `event.type` is the name of a webhook event; an interaction has none, its `type` is a number in the payload. Webhook
 * events have no id at their top level, so for them the digest of the body is the identity.
 *
 * @see https://github.com/discord/discord-api-docs (developers/events/webhook-events.mdx and
 *   developers/interactions/overview.mdx; read 2026-11-26)
 */
export const discord = definePreset<DiscordEvents, 'keys'>({
  name: 'discord',
  title: 'Discord',
  scheme: publicKey({
    algorithm: { name: 'Ed25519' },
    signature: { header: 'x-signature-ed25519', encoding: 'hex' },
    timestamp: { header: 'x-signature-timestamp', unit: 'seconds' },
    signs: ['timestamp', 'body'],
  }),
  eventId: { json: 'id' },
  eventType: { json: 'event.type' },
  identity: {
    bytesRepeat: false,
    source:
      'https://github.com/discord/discord-api-docs/blob/main/developers/events/webhook-events.mdx (read 2026-11-26)',
    note: 'An interaction has an id, a webhook event the time at which it happened, in microseconds.',
  },
  responseDeadlineSeconds: 3,
  retries: { horizonSeconds: 600, note: 'Webhook events are retried with growing delays for up to ten minutes.' },
  acknowledgement: { status: 204 },
  handshakes: handshakes([
    {
      name: 'ping',
      when: { method: 'POST', json: { type: 1 }, absent: ['event'] },
      signed: true,
      response: { body: { object: { type: 1 } } },
      note: 'For interactions.',
    },
    {
      name: 'event_ping',
      when: { method: 'POST', json: { type: 0 } },
      signed: true,
      response: { status: 204, headers: { 'content-type': { text: 'application/json' } } },
      note: 'For webhook events.',
    },
  ]),
  secretHelp: 'The public key of the application, 64 characters of hexadecimal, on its page in the developer portal.',
  source: {
    title: 'Discord API documentation, Webhook Events',
    url: 'https://github.com/discord/discord-api-docs/blob/main/developers/events/webhook-events.mdx',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unsaid: [
    'How old a request may be; the preset takes 300 seconds.',
    'Whether a retry is signed again.',
    'The time zone of event.timestamp, which has no offset. So the preset sets no time for the event.',
  ],
});
