/** Event names of Lemon Squeezy, from its package. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const lemonSqueezy = {
  source: {
    title: 'Lemon Squeezy’s package, @lemonsqueezy/lemonsqueezy.js 4.0.0, dist/index.d.ts',
    url: 'https://www.npmjs.com/package/@lemonsqueezy/lemonsqueezy.js/v/4.0.0',
    readOn: '2026-11-27',
  },
  names: [
    'license_key_created',
    'license_key_updated',
    'order_created',
    'order_refunded',
    'subscription_cancelled',
    'subscription_created',
    'subscription_expired',
    'subscription_paused',
    'subscription_payment_failed',
    'subscription_payment_recovered',
    'subscription_payment_refunded',
    'subscription_payment_success',
    'subscription_resumed',
    'subscription_unpaused',
    'subscription_updated',
  ],
  always: ['type'],
} as const satisfies SenderEvents;

/** The events of Lemon Squeezy, with unknown payloads. */
export interface LemonSqueezyEvents extends NamedEvents<typeof lemonSqueezy> {}
