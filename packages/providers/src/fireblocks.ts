/** Fireblocks webhooks, second version: a detached JWS over the body. */

import { defineProvider } from '@countersign/core';
import { detachedJws } from '@countersign/core/jwt';

/**
 * Fireblocks, which signs the body with RS512 as a detached JWS in `Fireblocks-Webhook-Signature`. The keys are a JWK Set that
 * differs by environment and region. No time is signed.
 *
 * The first version (`Fireblocks-Signature`) is another scheme, for which Fireblocks announced the end in June 2026.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: fireblocks,
 *   keys: { url: 'https://the-key-set-of-your-environment.example/jwks.json' },
 * });
 *
 * @see https://developers.fireblocks.com/reference/validating-webhooks (as others quote it; read 2026-11-20)
 */
export const fireblocks = defineProvider<object, 'keys'>({
  name: 'fireblocks',
  title: 'Fireblocks',
  scheme: detachedJws({ header: 'fireblocks-webhook-signature', algorithms: ['RS512'] }),
  eventId: { json: 'id' },
  eventType: { json: 'eventType' },
  retries: { note: 'Ten attempts with growing delays; an address that keeps failing is switched off.' },
  secretHelp: 'The address of the JWK Set of your environment and region.',
  source: {
    title: 'Public receivers that quote Fireblocks, Validating webhooks',
    url: 'https://developers.fireblocks.com/reference/validating-webhooks',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['The place of the event’s id.'],
});
