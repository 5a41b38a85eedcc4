/** Plaid: a JWT that binds the body, with keys that the app fetches from Plaid's API. */

import { jwt } from '@countersign/core/jwt';
import { definePreset } from '@countersign/core/preset';

/**
 * Plaid, which sends a JWT in `Plaid-Verification`, signed with ES256. It binds the body by `request_body_sha256` over the
 * bytes as they are sent, white space included, and may be five minutes old.
 *
 * Bodies have no id and no time: all `SYNC_UPDATES_AVAILABLE` of one item have the same bytes. So each delivery runs, Plaid's
 * retries included: make the handler safe to run twice, or give `dedupe.identity` a rule of your own.
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
 * @see https://plaid.com/docs/api/webhooks/ (deadline and retries, read 2026-11-26)
 */
export const plaid = definePreset<object, 'keys'>({
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
    note: 'After anything but a 200, each delay four times the one before, for up to 24 hours; none where more than 90 % of the deliveries of a day were refused. Retry-After of a 429 counts.',
  },
  secretHelp:
    'A JWK for each key id, from /webhook_verification_key/get. Give it as an object, so JSON.parse(text) of a variable that holds it.',
  rotation: 'By the kid of the token; a key that is being retired has expired_at.',
  source: {
    title: 'Plaid documentation, Webhook verification',
    url: 'https://plaid.com/docs/api/webhooks/webhook-verification/',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unsaid: ['Whether a retry has a new token. The page refuses one of more than five minutes and retries for 24 hours.'],
});
