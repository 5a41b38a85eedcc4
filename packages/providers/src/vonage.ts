/** Vonage Messages, Voice and Dispatch: a JWT that binds the body. */

import { jwt } from '@countersign/core/jwt';
import { definePreset } from '@countersign/core/preset';
import type { VonageEvents } from './events/vonage.ts';

export type { VonageEvents } from './events/vonage.ts';

/**
 * Vonage sends a JWT in `Authorization: Bearer ...`, signed with the signature secret of the account. It binds
 * the body by `payload_hash`. The SMS API signs by another scheme, which this preset does not know.
 *
 * `message_uuid` is that of the message, which is reported in several states, so an event is known by both together. What
 * has no state, such as an inbound message, is known by the digest of the body.
 *
 * Voice can ask by GET; its `payload_hash` is then that of JSON made from the query, which this preset does not check, so
 * choose POST. After an error of its own Vonage may send a delivery without a token; it is refused.
 *
 * @see https://developer.nexmo.com/cn/messages/concepts/signed-webhooks (read 2026-11-26)
 * @see https://github.com/Vonage/vonage-node-sdk (packages/jwt/lib/verifySignature.ts, read 2026-11-26)
 */
export const vonage = definePreset<VonageEvents>({
  name: 'vonage',
  title: 'Vonage',
  scheme: jwt({
    token: { header: 'authorization', scheme: 'Bearer' },
    algorithms: ['HS256'],
    claims: { expiry: 'optional', maxAgeSeconds: 300, clockToleranceSeconds: 5 },
    binds: { bodyHash: { claim: 'payload_hash', hash: 'SHA-256', encoding: 'hex', presence: 'with_body' } },
  }),
  eventId: { json: ['message_uuid', 'status'], join: ':' },
  eventType: { json: 'status' },
  secretHelp: 'The signature secret of the account, used as text.',
  source: {
    title: 'Vonage documentation, Signed webhooks',
    url: 'https://developer.nexmo.com/cn/messages/concepts/signed-webhooks',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unverified: ['The place of the id.'],
  assumptions: [
    {
      what: 'every token of a request with a body has iat and payload_hash',
      because:
        'The page shows a token with both but does not say that they are always there; Vonage’s packages check the signature alone.',
    },
  ],
  unsaid: [
    'The maximum age of a token; the preset uses 300 seconds.',
    'When deliveries are retried, and whether the token is then a new one.',
  ],
});
