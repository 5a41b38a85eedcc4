/** Plaid: a JWT that binds the body, with keys that the app fetches from Plaid's API. */

import { jwt } from '@countersign/core/jwt';
import { definePreset } from '@countersign/core/preset';
import type { PlaidEvents } from './events/plaid.ts';

export type { PlaidEvents } from './events/plaid.ts';

/**
 * Plaid sends a JWT in `Plaid-Verification`, signed with ES256. It binds the body with `request_body_sha256` over the
 * bytes as sent, including whitespace, and may be five minutes old.
 *
 * Bodies have no id and no time: all `SYNC_UPDATES_AVAILABLE` of one item have the same bytes. So each delivery runs,
 * including Plaid's retries: make the handler safe to run twice, or set your own rule in `dedupe.identity`.
 *
 * Each key is fetched from `/webhook_verification_key/get`, an API call with your credentials: pass a function. Keep
 * its result until the key's `expired_at`, and return an empty array for an unknown id.
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
 * @see https://plaid.com/docs/api/webhooks/ (deadline and retries, read 2026-11-26)
 */
export const plaid = definePreset<PlaidEvents, 'keys'>({
  name: 'plaid',
  title: 'Plaid',
  scheme: jwt({
    token: { header: 'plaid-verification' },
    algorithms: ['ES256'],
    claims: { expiry: 'optional', maxAgeSeconds: 300 },
    binds: { bodyHash: { claim: 'request_body_sha256', hash: 'SHA-256', encoding: 'hex' } },
  }),
  eventType: { json: ['webhook_type', 'webhook_code'], join: '.' },
  identity: {
    bytesRepeat: true,
    source:
      'https://docs.rs/plaid/latest/plaid/model/struct.SyncUpdatesAvailableWebhook.html (made from Plaid’s OpenAPI description), read 2026-11-26',
    note: 'No id and no time in the body, and no header with one. The iat of the token differs between events, and perhaps between attempts.',
  },
  toleranceSeconds: 300,
  responseDeadlineSeconds: 10,
  retries: {
    delaysSeconds: [30, 120, 480, 1920, 7680, 30_720],
    horizonSeconds: 86_400,
    note: 'After any response other than 200, each delay four times the one before, for up to 24 hours; none if more than 90 % of the deliveries of a day were refused. The Retry-After of a 429 counts.',
  },
  secretHelp:
    'A JWK for each key id, from /webhook_verification_key/get. Pass it as an object, so JSON.parse(text) if a variable contains it.',
  rotation: 'By the kid of the token; a key that is being retired has expired_at.',
  source: {
    title: 'Plaid documentation, Webhook verification',
    url: 'https://plaid.com/docs/api/webhooks/webhook-verification/',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unsaid: ['Whether a retry has a new token. The page refuses one of more than five minutes and retries for 24 hours.'],
});
