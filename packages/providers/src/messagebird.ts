/** MessageBird: a JWT that binds the URL and the body. */

import { jwt } from '@countersign/core/jwt';
import { definePreset } from '@countersign/core/preset';
import type { MessageBirdEvents } from './events/messagebird.ts';

export type { MessageBirdEvents } from './events/messagebird.ts';

/**
 * MessageBird (Bird) sends a JWT in `MessageBird-Signature-JWT`, signed with the signing key. It binds the
 * address it was posted to and, where there is a body, its hash; the receiver needs `publicUrl`. It is valid for a
 * minute.
 *
 * Requests by GET are signed the same way and have no body.
 *
 * @see https://github.com/messagebird/messagebird-nodejs (lib/webhook-signature-jwt.js, read 2026-11-26; it allows clocks to
 * differ by five seconds)
 */
export const messagebird = definePreset<MessageBirdEvents>({
  name: 'messagebird',
  title: 'MessageBird',
  scheme: jwt({
    token: { header: 'messagebird-signature-jwt' },
    algorithms: ['HS256', 'HS384', 'HS512'],
    claims: { issuer: 'MessageBird', required: ['nbf', 'jti', 'url_hash'], clockToleranceSeconds: 1 },
    binds: {
      urlHash: { claim: 'url_hash', hash: 'SHA-256', encoding: 'hex' },
      bodyHash: { claim: 'payload_hash', hash: 'SHA-256', encoding: 'hex', presence: 'with_body' },
    },
  }),
  methods: ['GET', 'POST'],
  secretHelp: 'The signing key, used as text.',
  source: {
    title: 'MessageBird’s package for Node, lib/webhook-signature-jwt.js',
    url: 'https://github.com/messagebird/messagebird-nodejs',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unsaid: ['The places of the event’s id and type; `jti` identifies one request.'],
});
