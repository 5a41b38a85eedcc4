/** Event names of Polar, from its package for JavaScript. */

import type { TypedEvents } from '../typed/typed-events.ts';
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

/** The fields that every body of Polar has around its object. */
export interface PolarPayload<Type extends string, Data> {
  readonly type: Type;
  /** The time of the event, as in ISO 8601. */
  readonly timestamp: string;
  readonly data: Data;
}

/**
 * A customer, as it is sent; times are text as in ISO 8601.
 *
 * @see https://www.npmjs.com/package/@polar-sh/sdk/v/0.49.0 (the schemas with which the package reads a body; read 2026-11-27)
 */
export interface PolarCustomer {
  readonly id: string;
  readonly created_at: string;
  readonly modified_at: string | null;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  readonly external_id?: string | null;
  readonly email?: string | null;
  readonly email_verified: boolean;
  /** `individual` or `team`. */
  readonly type: string;
  readonly name: string | null;
  readonly billing_name: string | null;
  readonly billing_address: PolarAddress | null;
  readonly tax_id: readonly (string | null)[] | null;
  readonly locale?: string | null;
  readonly organization_id: string;
  readonly default_payment_method_id?: string | null;
  readonly deleted_at: string | null;
  readonly avatar_url: string | null;
}

/** An address, as it is sent. */
export interface PolarAddress {
  readonly line1?: string | null;
  readonly line2?: string | null;
  readonly postal_code?: string | null;
  readonly city?: string | null;
  readonly state?: string | null;
  readonly country: string;
}

/** A product, as it is sent. */
export interface PolarProduct {
  readonly id: string;
  readonly created_at: string;
  readonly modified_at: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly visibility: string;
  readonly is_recurring: boolean;
  readonly is_archived: boolean;
  readonly recurring_interval: string | null;
  readonly recurring_interval_count: number | null;
  readonly meter_interval?: string | null;
  readonly meter_interval_count?: number | null;
  readonly trial_interval: string | null;
  readonly trial_interval_count: number | null;
  readonly organization_id: string;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

/** An order, as it is sent. Amounts are in cents. */
export interface PolarOrder {
  readonly id: string;
  readonly created_at: string;
  readonly modified_at: string | null;
  readonly status: 'draft' | 'pending' | 'paid' | 'refunded' | 'partially_refunded' | 'void';
  readonly paid: boolean;
  readonly subtotal_amount: number;
  readonly discount_amount: number;
  readonly net_amount: number;
  readonly tax_amount: number;
  readonly total_amount: number;
  readonly applied_balance_amount: number;
  readonly due_amount: number;
  readonly refunded_amount: number;
  readonly refunded_tax_amount: number;
  readonly currency: string;
  readonly billing_reason: 'purchase' | 'subscription_create' | 'subscription_cycle' | 'subscription_update';
  readonly billing_name: string | null;
  readonly billing_address: PolarAddress | null;
  readonly invoice_number: string | null;
  readonly is_invoice_generated: boolean;
  readonly receipt_number: string | null;
  readonly seats?: number | null;
  readonly customer_id: string;
  readonly product_id: string | null;
  readonly discount_id: string | null;
  readonly subscription_id: string | null;
  readonly checkout_id: string | null;
  readonly next_payment_attempt_at?: string | null;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  readonly custom_field_data?: Readonly<Record<string, string | number | boolean | null>>;
  readonly platform_fee_amount: number;
  readonly platform_fee_currency: string | null;
  readonly customer: PolarCustomer;
  readonly product: PolarProduct | null;
  readonly discount: unknown;
  readonly subscription: unknown;
  readonly items: readonly PolarOrderItem[];
  readonly description: string;
  readonly refundable_amount: number;
  readonly refundable_tax_amount: number;
}

/** A line of an order, as it is sent. */
export interface PolarOrderItem {
  readonly id: string;
  readonly created_at: string;
  readonly modified_at: string | null;
  readonly label: string;
  readonly amount: number;
  readonly tax_amount: number;
  readonly proration: boolean;
  readonly product_price_id: string | null;
}

/** A subscription, as it is sent. */
export interface PolarSubscription {
  readonly id: string;
  readonly created_at: string;
  readonly modified_at: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly recurring_interval: string;
  readonly recurring_interval_count: number;
  readonly status:
    | 'incomplete'
    | 'incomplete_expired'
    | 'trialing'
    | 'active'
    | 'past_due'
    | 'canceled'
    | 'unpaid'
    | 'paused';
  readonly current_period_start: string;
  readonly current_period_end: string;
  readonly trial_start: string | null;
  readonly trial_end: string | null;
  readonly cancel_at_period_end: boolean;
  readonly canceled_at: string | null;
  readonly started_at: string | null;
  readonly ends_at: string | null;
  readonly ended_at: string | null;
  readonly customer_id: string;
  readonly product_id: string;
  readonly discount_id: string | null;
  readonly checkout_id: string | null;
  readonly seats?: number | null;
  readonly customer_cancellation_reason: string | null;
  readonly customer_cancellation_comment: string | null;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  readonly custom_field_data?: Readonly<Record<string, string | number | boolean | null>>;
  readonly customer: PolarCustomer;
  readonly product: PolarProduct;
  readonly discount: unknown;
}

/** A checkout session, as it is sent. */
export interface PolarCheckout {
  readonly id: string;
  readonly created_at: string;
  readonly modified_at: string | null;
  readonly status: 'open' | 'expired' | 'confirmed' | 'succeeded' | 'failed';
  readonly url: string;
  readonly expires_at: string;
  readonly success_url: string;
  readonly amount: number;
  readonly discount_amount: number;
  readonly net_amount: number;
  readonly tax_amount: number | null;
  readonly total_amount: number;
  readonly currency: string;
  readonly organization_id: string;
  readonly product_id: string | null;
  readonly customer_id: string | null;
  readonly customer_name: string | null;
  readonly customer_email: string | null;
  readonly external_customer_id: string | null;
  readonly subscription_id: string | null;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

type PolarObjects = { readonly [Name in `order.${'created' | 'paid' | 'refunded' | 'updated'}`]: PolarOrder } & {
  readonly [Name in Extract<(typeof polar)['names'][number], `subscription.${string}`>]: PolarSubscription;
} & { readonly [Name in `customer.${'created' | 'deleted' | 'updated'}`]: PolarCustomer } & {
  readonly [Name in `checkout.${'created' | 'expired' | 'updated'}`]: PolarCheckout;
};

type PolarPayloads = {
  readonly [Name in keyof PolarObjects]: PolarPayload<Name, PolarObjects[Name]>;
};

/** The events of Polar. Orders, subscriptions, customers and checkouts have the fields that are sent; others have an unknown payload. */
export interface PolarEvents extends TypedEvents<NamedEvents<typeof polar>, PolarPayloads> {}
