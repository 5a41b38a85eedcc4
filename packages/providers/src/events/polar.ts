/** Event names of Polar, from its package for JavaScript. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const polar = {
  source: {
    title: 'Polar’s package for JavaScript, @polar-sh/sdk 0.49.0, models/components/webhookeventtype.d.ts',
    url: 'https://www.npmjs.com/package/@polar-sh/sdk/v/0.49.0',
    readOn: '2026-11-27',
  },
  names: [
    'benefit.created',
    'benefit.updated',
    'benefit_grant.created',
    'benefit_grant.cycled',
    'benefit_grant.revoked',
    'benefit_grant.updated',
    'checkout.created',
    'checkout.expired',
    'checkout.updated',
    'customer.created',
    'customer.deleted',
    'customer.state_changed',
    'customer.updated',
    'customer_seat.assigned',
    'customer_seat.claimed',
    'customer_seat.revoked',
    'member.created',
    'member.deleted',
    'member.updated',
    'order.created',
    'order.paid',
    'order.refunded',
    'order.updated',
    'organization.updated',
    'product.created',
    'product.updated',
    'refund.created',
    'refund.updated',
    'subscription.active',
    'subscription.canceled',
    'subscription.created',
    'subscription.past_due',
    'subscription.paused',
    'subscription.resumed',
    'subscription.revoked',
    'subscription.uncanceled',
    'subscription.updated',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of Polar, with unknown payloads. */
export interface PolarEvents extends NamedEvents<typeof polar> {}
