/** Event names of Mollie, from its OpenAPI description. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const mollie = {
  source: {
    title: 'Mollie’s OpenAPI description, specs.yaml, webhook-event-types',
    url: 'https://github.com/mollie/openapi/blob/main/specs.yaml',
    readOn: '2026-11-27',
  },
  names: [
    'balance-transaction.created',
    'business-account-transfer.blocked',
    'business-account-transfer.failed',
    'business-account-transfer.initiated',
    'business-account-transfer.pending-review',
    'business-account-transfer.processed',
    'business-account-transfer.requested',
    'business-account-transfer.returned',
    'capture.failed',
    'capture.succeeded',
    'chargeback.received',
    'chargeback.reversed',
    'payment-link.paid',
    'payment.authorized',
    'payment.canceled',
    'payment.expired',
    'payment.failed',
    'payment.paid',
    'payment.pending',
    'payout.canceled',
    'payout.completed',
    'payout.failed',
    'payout.initiated',
    'payout.processing-at-bank',
    'refund.canceled',
    'refund.failed',
    'refund.pending',
    'refund.processing',
    'refund.queued',
    'refund.refunded',
    'sales-invoice.canceled',
    'sales-invoice.created',
    'sales-invoice.e-invoice-failed',
    'sales-invoice.e-invoice-issued',
    'sales-invoice.issued',
    'sales-invoice.paid',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of Mollie, with unknown payloads. */
export interface MollieEvents extends NamedEvents<typeof mollie> {}
