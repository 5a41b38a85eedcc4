/** Vonage Messages, Voice and Dispatch: a JWT that binds the body. */

import { defineProvider } from '@countersign/core';
import { jwt } from '@countersign/core/jwt';

/**
 * Vonage, which sends a JWT in `Authorization: Bearer ...`, signed with the signature secret of the account. It binds
 * the body by `payload_hash`. The SMS API signs by another scheme, which this preset does not know.
 *
 * `message_uuid` is that of the message, which is reported in several states, so an event is known by both together.
 *
 * @see https://github.com/Vonage/vonage-python-sdk (jwt/src/vonage_jwt/verify_jwt.py, read 2026-11-20)
 */
export const vonage = defineProvider({
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
    title: 'Vonage’s package for Python, jwt/src/vonage_jwt/verify_jwt.py',
    url: 'https://github.com/Vonage/vonage-python-sdk',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The claims, and that the body is always bound.', 'The place of the id.'],
  assumptions: [
    {
      what: 'every token of a request with a body has iat and payload_hash',
      because: 'Vonage’s package checks the signature alone; the claims are those of its documentation as remembered.',
    },
  ],
  unsaid: ['How old a token may be; the preset takes 300 seconds.'],
});
