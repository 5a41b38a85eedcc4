/** Event names of Xendit, from several pages; older products send none. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const xendit = {
  source: {
    title: 'Xendit documentation, Payments API webhooks, Subscriptions webhook, Payout webhook; npm xendit-node',
    url: 'https://docs.xendit.co/docs/payments-api-webhooks',
    readOn: '2026-11-27',
  },
  names: [
    'bill_payment.succeeded',
    'payment.authorization',
    'payment.capture',
    'payment.expiry',
    'payment.failure',
    'payment.succeeded',
    'payment_method.activated',
    'payment_request.expiry',
    'payment_session.completed',
    'payment_token.activation',
    'payment_token.expiry',
    'payment_token.failure',
    'payout.failed',
    'payout.reversed',
    'payout.succeeded',
    'recurring.cycle.created',
    'recurring.cycle.failed',
    'recurring.cycle.force_attempt_failed',
    'recurring.cycle.retrying',
    'recurring.cycle.succeeded',
    'recurring.plan.activated',
    'recurring.plan.inactivated',
    'refund.failed',
    'refund.succeeded',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of Xendit, with unknown payloads. */
export interface XenditEvents extends NamedEvents<typeof xendit> {}
