/** Event names of Razorpay: its list of all events, and those of partners, tokens and order notifications. */

import type { TypedEvents } from '../typed/typed-events.ts';
import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const razorpay = {
  source: {
    title: 'Razorpay documentation, Webhooks, All Webhook Events; sample payloads of its other pages',
    url: 'https://github.com/razorpay/markdown-docs/blob/ab3bda5f11c308034b2089df532df1064db1df7c/webhooks/all.md',
    readOn: '2026-11-27',
  },
  names: [
    'account.activated',
    'account.activated_kyc_pending',
    'account.app.authorization_revoked',
    'account.funds_hold',
    'account.funds_unhold',
    'account.instant_activation_gmv_limit_warning',
    'account.instantly_activated',
    'account.needs_clarification',
    'account.payments_enabled',
    'account.rejected',
    'account.suspended',
    'account.under_review',
    'banking_accounts.issued',
    'fund_account.validation.completed',
    'fund_account.validation.failed',
    'invoice.expired',
    'invoice.paid',
    'invoice.partially_paid',
    'order.notification.delivered',
    'order.notification.failed',
    'order.paid',
    'payment.authorized',
    'payment.captured',
    'payment.dispute.action_required',
    'payment.dispute.closed',
    'payment.dispute.created',
    'payment.dispute.lost',
    'payment.dispute.under_review',
    'payment.dispute.won',
    'payment.downtime.resolved',
    'payment.downtime.started',
    'payment.downtime.updated',
    'payment.failed',
    'payment_link.cancelled',
    'payment_link.expired',
    'payment_link.paid',
    'payment_link.partially_paid',
    'payout.downtime.resolved',
    'payout.downtime.started',
    'payout.failed',
    'payout.initiated',
    'payout.pending',
    'payout.processed',
    'payout.queued',
    'payout.rejected',
    'payout.reversed',
    'payout.updated',
    'payout_link.attempted',
    'payout_link.cancelled',
    'payout_link.expired',
    'payout_link.issued',
    'payout_link.pending',
    'payout_link.processed',
    'payout_link.processing',
    'payout_link.rejected',
    'product.payment_gateway.activated',
    'product.payment_gateway.activated_kyc_pending',
    'product.payment_gateway.instantly_activated',
    'product.payment_gateway.needs_clarification',
    'product.payment_gateway.rejected',
    'product.payment_gateway.under_review',
    'product.payment_link.rejected',
    'product.payment_links.activated',
    'product.payment_links.activated_kyc_pending',
    'product.payment_links.needs_clarification',
    'product.payment_links.under_review',
    'product.route.activated',
    'product.route.needs_clarification',
    'product.route.under_review',
    'qr_code.closed',
    'qr_code.created',
    'qr_code.credited',
    'refund.created',
    'refund.failed',
    'refund.processed',
    'refund.speed_changed',
    'settlement.processed',
    'subscription.activated',
    'subscription.authenticated',
    'subscription.cancelled',
    'subscription.charged',
    'subscription.completed',
    'subscription.halted',
    'subscription.paused',
    'subscription.pending',
    'subscription.resumed',
    'subscription.updated',
    'token.activated',
    'token.cancellation_initiated',
    'token.cancelled',
    'token.confirmed',
    'token.deactivated',
    'token.expiry_updated',
    'token.initiated',
    'token.paused',
    'token.rejected',
    'token.resumed',
    'token.service_provider.activated',
    'token.service_provider.cancelled',
    'token.service_provider.deactivated',
    'token.service_provider.failed',
    'token.service_provider_token.activated',
    'token.suspended',
    'transaction.created',
    'transfer.failed',
    'transfer.processed',
    'virtual_account.closed',
    'virtual_account.created',
    'virtual_account.credited',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/**
 * The body of a webhook of Razorpay.
 *
 * @see https://github.com/razorpay/markdown-docs/blob/master/webhooks/payments.md (read 2026-11-27)
 */
export interface RazorpayPayload<Event extends string, Entities> {
  readonly entity: 'event';
  readonly account_id: string;
  readonly event: Event;
  /** The names in `payload`. */
  readonly contains: readonly string[];
  readonly payload: Entities;
  /** Seconds since 1970. */
  readonly created_at: number;
}

/** An object in a payload. */
export interface RazorpayEntity<Entity> {
  readonly entity: Entity;
}

/** Notes of your own; an empty list if there are none. */
export type RazorpayNotes = Readonly<Record<string, string | number>> | readonly never[];

/** A payment. Amounts are in the smallest unit of the currency. */
export interface RazorpayPayment {
  readonly id: string;
  readonly entity: 'payment';
  readonly amount: number;
  readonly currency: string;
  readonly base_amount?: number;
  readonly status: 'created' | 'authorized' | 'captured' | 'refunded' | 'failed';
  readonly order_id: string | null;
  readonly invoice_id: string | null;
  readonly international: boolean;
  readonly method: string;
  readonly amount_refunded: number;
  readonly amount_transferred?: number;
  readonly refund_status: string | null;
  readonly captured: boolean;
  readonly description: string | null;
  readonly card_id: string | null;
  readonly card?: unknown;
  readonly bank: string | null;
  readonly wallet: string | null;
  readonly vpa: string | null;
  readonly email: string | null;
  readonly contact: string | null;
  readonly notes: RazorpayNotes;
  readonly fee: number | null;
  readonly tax: number | null;
  readonly token_id?: string | null;
  readonly error_code: string | null;
  readonly error_description: string | null;
  readonly error_source?: string | null;
  readonly error_step?: string | null;
  readonly error_reason?: string | null;
  readonly acquirer_data?: Readonly<Record<string, string | null>>;
  readonly created_at: number;
}

/** An order. */
export interface RazorpayOrder {
  readonly id: string;
  readonly entity: 'order';
  readonly amount: number;
  readonly amount_paid: number;
  readonly amount_due: number;
  readonly currency: string;
  readonly receipt: string | null;
  readonly offer_id?: string | null;
  readonly status: 'created' | 'attempted' | 'paid';
  readonly attempts: number;
  readonly notes: RazorpayNotes;
  readonly created_at: number;
}

/** A refund. */
export interface RazorpayRefund {
  readonly id: string;
  readonly entity: 'refund';
  readonly amount: number;
  readonly currency: string;
  readonly payment_id: string;
  readonly notes: RazorpayNotes;
  readonly receipt: string | null;
  readonly acquirer_data?: Readonly<Record<string, string | null>>;
  readonly batch_id: string | null;
  readonly status: string;
  readonly speed_processed: string | null;
  readonly speed_requested: string;
  readonly created_at: number;
}

type RazorpayPayloads = {
  readonly [Name in `payment.${'authorized' | 'captured' | 'failed'}`]: RazorpayPayload<
    Name,
    { readonly payment: RazorpayEntity<RazorpayPayment> }
  >;
} & {
  readonly 'order.paid': RazorpayPayload<
    'order.paid',
    { readonly payment: RazorpayEntity<RazorpayPayment>; readonly order: RazorpayEntity<RazorpayOrder> }
  >;
} & {
  readonly [Name in `refund.${'created' | 'processed' | 'failed' | 'speed_changed'}`]: RazorpayPayload<
    Name,
    { readonly refund: RazorpayEntity<RazorpayRefund>; readonly payment: RazorpayEntity<RazorpayPayment> }
  >;
};

/** The events of Razorpay. Payments, paid orders and refunds have the fields of its samples; others have an unknown payload. */
export interface RazorpayEvents extends TypedEvents<NamedEvents<typeof razorpay>, RazorpayPayloads> {}
