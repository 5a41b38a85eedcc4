/** Event names of TrueLayer’s Payments API v3. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const truelayer = {
  source: {
    title: 'TrueLayer documentation, Payments v3 webhook notifications',
    url: 'https://docs.truelayer.com/docs/payments-v3-webhook-notifications-accordion',
    readOn: '2026-11-27',
  },
  names: [
    'external_payment_received',
    'mandate_authorized',
    'mandate_failed',
    'mandate_revoked',
    'payment_authorized',
    'payment_creditable',
    'payment_executed',
    'payment_failed',
    'payment_link_disabled',
    'payment_link_payment_created',
    'payment_settled',
    'payment_settlement_stalled',
    'payout_executed',
    'payout_failed',
    'refund_executed',
    'refund_failed',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of TrueLayer, with unknown payloads. */
export interface TrueLayerEvents extends NamedEvents<typeof truelayer> {}
