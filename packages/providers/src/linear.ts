/** Linear: HMAC-SHA-256 over the raw body, which contains the time. */

import { bodyValues, definePreset, hmac } from '@countersign/core/preset';
import type { LinearEvents } from './events/linear.ts';

export type { LinearEvents } from './events/linear.ts';

/**
 * Linear signs the body in `Linear-Signature`, in hexadecimal. The time is `webhookTimestamp` in the signed
 * body; the header `Linear-Timestamp` is not signed and not looked at.
 *
 * `Linear-Delivery` is an id outside the signature, so the digest of the body identifies an event. Retries repeat the bytes
 * of the first attempt, with its `webhookTimestamp`, up to seven hours later. Linear's own package allows one minute and
 * so refuses every retry; this preset allows eight hours for the past and one minute for the future.
 *
 * Only status 200 counts as success.
 *
 * @see https://linear.app/developers/webhooks (deadline, retries; as quoted in https://github.com/PostHog/posthog/pull/103806)
 * @see https://github.com/linear/linear (packages/sdk/src/webhooks/client.ts, read 2026-11-26)
 * @see https://github.com/vercel/eve/issues/1570 (retries have the bytes of the first attempt, read 2026-11-26)
 */
export const linear = definePreset<LinearEvents>({
  name: 'linear',
  title: 'Linear',
  scheme: hmac(
    {
      hash: 'SHA-256',
      signature: { header: 'linear-signature', encoding: 'hex' },
      timestamp: { json: 'webhookTimestamp', unit: 'milliseconds' },
      signs: ['body'],
    },
    bodyValues,
  ),
  eventId: { header: 'linear-delivery' },
  eventType: { json: ['type', 'action'], join: '.' },
  eventCreatedAt: { json: 'createdAt', unit: 'iso8601' },
  identity: {
    bytesRepeat: false,
    source:
      'https://github.com/linear/linear, packages/sdk/src/webhooks/client.ts (webhookTimestamp in the body, in milliseconds); read 2026-11-26',
  },
  // Not signed again: the last retry comes 25 260 s after the first attempt.
  toleranceSeconds: { past: 28_800, future: 60 },
  responseDeadlineSeconds: 5,
  retries: {
    delaysSeconds: [60, 3600, 21_600],
    horizonSeconds: 25_260,
    resigns: false,
    keepsBody: true,
    note: 'A webhook that keeps failing can be disabled and must be enabled again manually.',
  },
  secretHelp: 'The signing secret of the webhook, which starts with lin_wh_; used whole.',
  wrongSecrets: { lin_api_: 'an API key', lin_oauth_: 'an OAuth token' },
  source: {
    title: 'Linear’s SDK, packages/sdk/src/webhooks/client.ts',
    url: 'https://github.com/linear/linear',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: [
    'That retries are not signed again, which users report but no page states.',
    'The header with the id, and the form of the secret.',
  ],
});
