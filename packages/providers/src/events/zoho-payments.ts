/** Event names of Zoho Payments. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const zohoPayments = {
  source: {
    title: 'Zoho Payments documentation, Webhook Events',
    url: 'https://www.zoho.com/us/payments/api/v1/webhooks-events/',
    readOn: '2026-11-27',
  },
  names: [
    'payment.failed',
    'payment.pending',
    'payment.succeeded',
    'payment_link.canceled',
    'payment_link.expired',
    'payment_link.paid',
    'payout.failed',
    'payout.initiated',
    'payout.paid',
    'refund.failed',
    'refund.succeeded',
  ],
  always: ['type'],
} as const satisfies SenderEvents;

/** The events of Zoho Payments, with unknown payloads. */
export interface ZohoPaymentsEvents extends NamedEvents<typeof zohoPayments> {}
