/** Dyte: RSA over the raw body. */

import { definePreset } from '@countersign/core/preset';
import { publicKey } from '@countersign/core/preset/public-key';
import type { DyteEvents } from './events/dyte.ts';

export type { DyteEvents } from './events/dyte.ts';

/**
 * Dyte signs the body with RSA (PKCS #1 v1.5, SHA-256) in `dyte-signature`, in base64.
 *
 * Its own example serialises parsed JSON again before it verifies; this preset uses the received bytes. No timestamp is
 * signed.
 *
 * @see https://docs.dyte.io/guides/capabilities/webhooks/signatures (read 2026-11-20)
 */
export const dyte = definePreset<DyteEvents, 'keys'>({
  name: 'dyte',
  title: 'Dyte',
  scheme: publicKey({
    algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    signature: { header: 'dyte-signature', encoding: 'base64' },
    signs: ['body'],
  }),
  eventId: { header: 'dyte-uuid' },
  eventType: { json: 'event' },
  secretHelp: 'The public key that https://api.dyte.io/.well-known/webhooks.json gives.',
  source: {
    title: 'Dyte documentation, Webhook signatures',
    url: 'https://docs.dyte.io/guides/capabilities/webhooks/signatures',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['The header dyte-uuid with an id of the event, and the place of the type: read in third-party code.'],
  unsaid: [
    'Whether dyte-uuid is the same in every attempt, and whether two events can have the same body.',
    'How deliveries are retried, and how long the sender waits for a response.',
  ],
});
