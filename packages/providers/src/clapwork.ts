/**
 * Clapwork: one header with a timestamp and a signature; its documentation does not explain how the signature is
 * computed.
 */

import { definePreset, timestampedHmac } from '@countersign/core/preset';
import type { ClapworkEvents } from './events/clapwork.ts';

export type { ClapworkEvents } from './events/clapwork.ts';

const source = { title: 'Clapwork API documentation, section Webhooks', readOn: '2026-11-21' } as const;

/**
 * Clapwork signs in `X-Webhook-Signature: t=...,v1=...`.
 *
 * The documentation gives the header and one example of its value, but not what is signed. The preset assumes the usual
 * convention for such a header: HMAC-SHA-256 over `{t}.{body}`, hexadecimal, `t` in seconds. A receiver warns about
 * that until `acceptAssumptions` is set.
 *
 * The place of an event's type and id is not known either, so `event.type` is undefined until you have looked at a
 * delivery and added it: `{ ...clapwork, eventType: { json: 'type' } }`.
 *
 * If a real delivery shows that something else is signed, replace the scheme and keep the rest:
 *
 * @example
 * const corrected = defineProvider<ClapworkEvents>({
 *   ...clapwork,
 *   scheme: hmac({
 *     hash: 'SHA-256',
 *     signature: { header: 'x-webhook-signature', key: 'v1', encoding: 'hex' },
 *     timestamp: { header: 'x-webhook-signature', key: 't', unit: 'seconds' },
 *     signs: ['timestamp', { text: ':' }, 'body'],
 *   }),
 * });
 */
export const clapwork = definePreset<ClapworkEvents>({
  name: 'clapwork',
  title: 'Clapwork',
  scheme: timestampedHmac({ header: 'x-webhook-signature' }),
  secretHelp: 'The documentation does not say where the secret is found or what it looks like.',
  wrongSecrets: { clap_live_: 'an API key', clap_test_: 'an API key of the sandbox' },
  confidence: 'documented',
  source,
  assumptions: [
    {
      what: 'v1 is the HMAC-SHA-256 of {t}.{body} in hexadecimal, keyed with the secret as text',
      because:
        'The documentation shows only t=...,v1=... with 64 hexadecimal digits; this is the usual content of such a header.',
    },
    {
      what: 't counts seconds since 1970',
      because: 'The only example, 1609459200, has the size of such a number.',
    },
  ],
  unsaid: [
    'What is signed, with which algorithm, and what v1 stands for.',
    'Whether one header can have several v1 entries, and how a secret is replaced.',
    'Where the secret comes from and what it looks like.',
    'How old a delivery may be.',
    'The body, and the places of an event’s id and type.',
    'How long the sender waits for a response, what counts as success, and whether deliveries are retried.',
  ],
});
