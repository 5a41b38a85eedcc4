/** Meta (Facebook, Instagram, WhatsApp): HMAC-SHA-256 over the raw body. */

import { batches, definePreset, handshakes, rawBodyHmac } from '@countersign/core/preset';
import type { MetaEvents } from './events/meta.ts';

export type { MetaEvents } from './events/meta.ts';

/**
 * Facebook, Instagram and WhatsApp, which sign the body in `X-Hub-Signature-256: sha256=...` with the app secret. The
 * signature covers the body in the escaped form in which it is sent.
 *
 * The check of a new URL is answered where the receiver knows the verify token: `handshakes: { verifyToken }`.
 * Mount the address for GET as well.
 *
 * A delivery may hold up to 1000 updates of several kinds. Each message and each status of WhatsApp, each messaging event of
 * Messenger and Instagram, and each other change is handled separately; its payload is the whole body with that one alone in
 * its lists. Messages are known by their id, statuses by the message's id, the status, its time and its recipient; what has no id
 * by the digest of the delivery and its place in it.
 *
 * @see https://github.com/WhatsApp/WhatsApp-Nodejs-SDK (src/api/webhooks.ts, read 2026-11-26)
 * @see https://developers.facebook.com/docs/graph-api/webhooks (form of a notification; read 2026-11-26)
 */
export const meta = definePreset<MetaEvents>({
  name: 'meta',
  title: 'Meta',
  scheme: rawBodyHmac({ header: 'x-hub-signature-256', prefix: 'sha256=' }),
  eventType: { json: 'object' },
  ...batches,
  batch: {
    json: 'entry.*',
    each: [
      {
        json: 'changes.*',
        each: [
          { json: 'value.messages.*', eventId: { json: 'id' } },
          // A status has the id of its message; in a group there is one for each member, and a payment has one kind
          // twice.
          {
            json: 'value.statuses.*',
            eventId: {
              json: ['id', 'status', 'timestamp', 'recipient_participant_id'],
              join: ':',
              optional: ['timestamp', 'recipient_participant_id'],
            },
          },
        ],
      },
      // A message that is taken back keeps its id.
      { json: 'messaging.*', eventId: { json: ['message.mid', 'timestamp'], join: ':', optional: ['timestamp'] } },
    ],
    keepsShape: true,
  },
  handshakes: handshakes([
    {
      name: 'subscribe',
      when: { method: 'GET', query: { 'hub.mode': 'subscribe', 'hub.challenge': '*' } },
      signed: false,
      verifyToken: { query: 'hub.verify_token' },
      response: { body: { query: 'hub.challenge' } },
    },
  ]),
  retries: {
    horizonSeconds: 604_800,
    note: 'For up to 36 hours; WhatsApp for up to seven days. One delivery can hold up to 1000 changes.',
  },
  secretHelp: 'The app secret, from the settings of the app, used as text.',
  wrongSecrets: { EAA: 'an access token' },
  source: {
    title: 'WhatsApp’s SDK for Node, src/api/webhooks.ts',
    url: 'https://github.com/WhatsApp/WhatsApp-Nodejs-SDK',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: ['The places of id and type.', 'For how long deliveries are repeated.'],
});
