/** Plaid: a JWT that binds the body, with keys that the app fetches from Plaid's API. */

import { defineProvider } from '@countersign/core';
import { jwt } from '@countersign/core/jwt';

/**
 * Plaid, which sends a JWT in `Plaid-Verification`, signed with ES256. It binds the body by `request_body_sha256` over the
 * bytes as they are sent, white space included, and may be five minutes old.
 *
 * Keys are had one by one from `/webhook_verification_key/get`, an API call with your credentials: give a function. Keep
 * what it found until the key's `expired_at`, and answer an unknown id with an empty array.
 *
 * @example
 * const known = new Map<string, Record<string, unknown>>();
 * const receiver = createReceiver({
 *   provider: plaid,
 *   keys: async (keyId) => {
 *     if (keyId === undefined) return [];
 *     const key = known.get(keyId) ?? (await fetchKeyFromPlaid(keyId));
 *     if (key !== undefined) known.set(keyId, key);
 *     return key ?? [];
 *   },
 * });
 *
 * @see https://plaid.com/docs/api/webhooks/webhook-verification/ (read 2026-11-20)
 */
export const plaid = defineProvider<object, 'keys'>({
  name: 'plaid',
  title: 'Plaid',
  scheme: jwt({
    token: { header: 'plaid-verification' },
    algorithms: ['ES256'],
    claims: { expiry: 'optional', maxAgeSeconds: 300 },
    binds: { bodyHash: { claim: 'request_body_sha256', hash: 'SHA-256', encoding: 'hex' } },
  }),
  eventType: { json: ['webhook_type', 'webhook_code'], join: '.' },
  toleranceSeconds: 300,
  secretHelp: 'A JWK for each key id, from /webhook_verification_key/get.',
  rotation: 'By the kid of the token; a key that is being retired has expired_at.',
  source: {
    title: 'Plaid documentation, Webhook verification',
    url: 'https://plaid.com/docs/api/webhooks/webhook-verification/',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unsaid: ['An id of the event.', 'How deliveries are repeated.'],
});
