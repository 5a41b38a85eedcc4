/** Dyte: RSA over the raw body. */

import { defineProvider, publicKey } from '@countersign/core';

/**
 * Dyte, which signs the body with RSA (PKCS #1 v1.5, SHA-256) in `dyte-signature`, in base64.
 *
 * Its own example writes parsed JSON anew before it verifies; this preset takes the received bytes. No time is signed.
 *
 * @see https://docs.dyte.io/guides/capabilities/webhooks/signatures (read 2026-11-20)
 */
export const dyte = defineProvider<object, 'keys'>({
  name: 'dyte',
  title: 'Dyte',
  scheme: publicKey({
    algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    signature: { header: 'dyte-signature', encoding: 'base64' },
    signs: ['body'],
  }),
  secretHelp: 'The public key that https://api.dyte.io/.well-known/webhooks.json gives.',
  source: {
    title: 'Dyte documentation, Webhook signatures',
    url: 'https://docs.dyte.io/guides/capabilities/webhooks/signatures',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unsaid: ['The name of the header with the webhook’s id, and where the type of an event stands.'],
});
