/** Stripe: HMAC-SHA-256 over timestamp and body, in one header, with one signature per active secret. */

import { definePreset, timestampedHmac } from '@countersign/core/preset';
import type { StripeEvents } from './events/stripe.ts';

export type { StripeEvent, StripeEvents } from './events/stripe.ts';

/**
 * Stripe signs `{t}.{body}` in `Stripe-Signature: t=...,v1=...`. Entries under `v0` are ignored.
 *
 * The signing secret belongs to one endpoint and is used whole, including `whsec_`. While it is being rolled, Stripe
 * signs with the old and the new one, so either works.
 *
 * In rare cases Stripe makes two events from one change; compare `data.object.id` and `type` if that matters. `created`
 * counts whole seconds and Stripe advises against ordering by it: two events in one second have no order.
 *
 * With Stripe's own package installed, payloads have its types: import this preset from `@countersign/providers/stripe/typed`.
 *
 * @see https://docs.stripe.com/webhooks (signature, five minutes of tolerance, retries for three days in live mode,
 *   each with a new timestamp and signature; read 2026-11-26)
 */
export const stripe = definePreset<StripeEvents>({
  name: 'stripe',
  title: 'Stripe',
  // The secret looks like one of Standard Webhooks but is not: nothing is stripped or decoded.
  scheme: timestampedHmac({ header: 'stripe-signature', secret: { encoding: 'utf8' } }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'created', unit: 'seconds' },
  toleranceSeconds: 300,
  retries: {
    horizonSeconds: 259_200,
    resigns: true,
    note: 'With growing delays for up to three days in live mode, three times within a few hours in a sandbox.',
    redirects: {
      count: 'failure',
      source: {
        title: 'Stripe support, Webhooks: what to do when the HTTP status code starts with a three (3xx)',
        url: 'https://support.stripe.com/questions/webhooks-what-to-do-when-the-http-status-code-starts-with-a-three-(3xx)',
        readOn: '2026-11-26',
      },
    },
  },
  secretHelp: 'The signing secret of the endpoint, which starts with whsec_; used whole.',
  wrongSecrets: {
    sk_: 'a secret API key',
    rk_: 'a restricted API key',
    pk_: 'a publishable API key',
    we_: 'the id of the endpoint',
  },
  rotation: 'One v1 entry for each active secret; the old secret stays active for at most 24 hours.',
  confidence: 'documented',
  source: {
    title: 'Stripe documentation, Receive Stripe events in your webhook endpoint',
    url: 'https://docs.stripe.com/webhooks',
    readOn: '2026-11-26',
  },
  unsaid: [
    'How many seconds the sender waits for a response; the documentation asks for a quick one.',
    'The delays between retries.',
  ],
});
