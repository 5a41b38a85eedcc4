/** Lemon Squeezy: HMAC-SHA-256 over the raw body. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { LemonSqueezyEvents } from './events/lemon-squeezy.ts';

export type {
  LemonSqueezyEvents,
  LemonSqueezyOrder,
  LemonSqueezyPayload,
  LemonSqueezySubscription,
} from './events/lemon-squeezy.ts';

/**
 * Lemon Squeezy signs the body in `X-Signature`, in hexadecimal. Its secrets have 6 to 40 characters; choose
 * one of 16 or more, since shorter ones can be guessed and are refused.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * Only status 200 counts as success.
 *
 * @see https://docs.lemonsqueezy.com/help/webhooks/webhook-requests (read 2026-11-26)
 */
export const lemonSqueezy = definePreset<LemonSqueezyEvents>({
  name: 'lemon-squeezy',
  title: 'Lemon Squeezy',
  scheme: rawBodyHmac({ header: 'x-signature' }),
  eventType: { json: 'meta.event_name' },
  retries: {
    delaysSeconds: [5, 25, 125],
    horizonSeconds: 155,
    note: 'Up to three times. Only 200 counts as success.',
  },
  secretHelp: 'The signing secret entered for the webhook, up to 40 characters.',
  source: {
    title: 'Lemon Squeezy documentation, Webhook requests',
    url: 'https://docs.lemonsqueezy.com/help/webhooks/webhook-requests',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unverified: ['The encoding of the signature and the form of the secret, which third-party code shows.'],
  unsaid: ['An id of the delivery.'],
});
