/** Fireblocks webhooks, second version: a detached JWS over the body. */

import { detachedJws } from '@countersign/core/jwt';
import { definePreset } from '@countersign/core/preset';
import type { FireblocksEvents } from './events/fireblocks.ts';

export type { FireblocksEvents } from './events/fireblocks.ts';

/**
 * Fireblocks signs the body with RS512 as a detached JWS in `Fireblocks-Webhook-Signature`. The keys are a JWK Set that
 * differs by environment and region. No timestamp is signed.
 *
 * The first version (`Fireblocks-Signature`) is a different scheme; Fireblocks announced its end for June 2026.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: fireblocks,
 *   keys: { url: 'https://the-key-set-of-your-environment.example/jwks.json' },
 * });
 *
 * @see https://developers.fireblocks.com/reference/validating-webhooks (as others quote it; read 2026-11-26)
 */
export const fireblocks = definePreset<FireblocksEvents, 'keys'>({
  name: 'fireblocks',
  title: 'Fireblocks',
  scheme: detachedJws({ header: 'fireblocks-webhook-signature', algorithms: ['RS512'] }),
  eventId: { json: 'id' },
  eventType: { json: 'eventType' },
  eventCreatedAt: { json: 'createdAt', unit: 'milliseconds' },
  retries: {
    delaysSeconds: [10, 30, 120, 300, 900, 1800, 3600, 7200, 14_400],
    horizonSeconds: 28_360,
    note: 'Ten attempts; a URL that keeps failing is switched off.',
  },
  secretHelp: 'The URL of the JWK Set of your environment and region.',
  source: {
    title: 'Public receivers that quote Fireblocks, Validating webhooks',
    url: 'https://developers.fireblocks.com/reference/validating-webhooks',
    readOn: '2026-11-26',
  },
  confidence: 'integration_code',
  unverified: ['The places of id and time of the event.', 'The delays of the retries.'],
});
