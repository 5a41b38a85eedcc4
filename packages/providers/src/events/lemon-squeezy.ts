/** Event names of Lemon Squeezy, from its package. */

import type { TypedEvents } from '../typed/typed-events.ts';
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

/**
 * The body of a webhook of Lemon Squeezy: a resource of JSON:API, and the name of the event.
 *
 * @see https://docs.lemonsqueezy.com/help/webhooks/webhook-requests (read 2026-11-27)
 */
export interface LemonSqueezyPayload<Event extends string, Type extends string, Attributes> {
  readonly meta: {
    readonly event_name: Event;
    /** Custom data of the checkout. */
    readonly custom_data?: Readonly<Record<string, unknown>>;
    readonly test_mode?: boolean;
    readonly webhook_id?: string;
  };
  readonly data: {
    readonly type: Type;
    readonly id: string;
    readonly attributes: Attributes;
    readonly relationships?: Readonly<Record<string, unknown>>;
    readonly links?: { readonly self?: string };
  };
}

/**
 * An order. Amounts are in cents, times are text as in ISO 8601.
 *
 * @see https://www.npmjs.com/package/@lemonsqueezy/lemonsqueezy.js/v/4.0.0 (dist/index.d.ts; read 2026-11-27)
 */
export interface LemonSqueezyOrder {
  readonly store_id: number;
  readonly customer_id: number;
  readonly identifier: string;
  readonly order_number: number;
  readonly user_name: string;
  readonly user_email: string;
  readonly currency: string;
  /** A number as text. */
  readonly currency_rate: string;
  readonly subtotal: number;
  readonly setup_fee?: number;
  readonly discount_total: number;
  readonly tax: number;
  readonly total: number;
  readonly refunded_amount?: number;
  readonly subtotal_usd: number;
  readonly discount_total_usd: number;
  readonly tax_usd: number;
  readonly total_usd: number;
  readonly tax_name: string | null;
  readonly tax_rate: string;
  readonly tax_inclusive?: boolean;
  readonly status: 'pending' | 'failed' | 'paid' | 'refunded' | 'partial_refund' | 'fraudulent';
  readonly status_formatted: string;
  readonly refunded: boolean;
  readonly refunded_at: string | null;
  readonly subtotal_formatted: string;
  readonly discount_total_formatted: string;
  readonly tax_formatted: string;
  readonly total_formatted: string;
  readonly first_order_item: {
    readonly id?: number;
    readonly order_id: number;
    readonly product_id: number;
    readonly variant_id: number;
    readonly price_id?: number;
    readonly quantity?: number;
    readonly product_name: string;
    readonly variant_name: string;
    readonly price: number;
    readonly created_at: string;
    readonly updated_at: string;
    readonly test_mode?: boolean;
  };
  readonly urls?: { readonly receipt: string };
  readonly created_at: string;
  readonly updated_at: string;
  readonly test_mode?: boolean;
}

/**
 * A subscription.
 *
 * @see https://www.npmjs.com/package/@lemonsqueezy/lemonsqueezy.js/v/4.0.0 (dist/index.d.ts; read 2026-11-27)
 */
export interface LemonSqueezySubscription {
  readonly store_id: number;
  readonly customer_id: number;
  readonly order_id: number;
  readonly order_item_id: number;
  readonly product_id: number;
  readonly variant_id: number;
  readonly product_name: string;
  readonly variant_name: string;
  readonly user_name: string;
  readonly user_email: string;
  readonly status: 'on_trial' | 'active' | 'paused' | 'past_due' | 'unpaid' | 'cancelled' | 'expired';
  readonly status_formatted: string;
  readonly card_brand: string | null;
  readonly card_last_four: string | null;
  readonly pause: { readonly mode: 'void' | 'free'; readonly resumes_at?: string | null } | null;
  readonly cancelled: boolean;
  readonly trial_ends_at: string | null;
  readonly billing_anchor: number;
  readonly first_subscription_item?: {
    readonly id: number;
    readonly subscription_id: number;
    readonly price_id: number;
    readonly quantity: number;
    readonly is_usage_based?: boolean;
    readonly created_at: string;
    readonly updated_at: string;
  } | null;
  readonly urls: { readonly update_payment_method: string; readonly customer_portal?: string };
  readonly renews_at: string | null;
  readonly ends_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly test_mode?: boolean;
}

type LemonSqueezyName = (typeof lemonSqueezy)['names'][number];

type LemonSqueezyPayloads = {
  readonly [Name in Extract<LemonSqueezyName, `order_${string}`>]: LemonSqueezyPayload<
    Name,
    'orders',
    LemonSqueezyOrder
  >;
} & {
  // The events of payments are about the invoice of a subscription.
  readonly [Name in Exclude<
    Extract<LemonSqueezyName, `subscription_${string}`>,
    `subscription_payment_${string}`
  >]: LemonSqueezyPayload<Name, 'subscriptions', LemonSqueezySubscription>;
};

/** The events of Lemon Squeezy. Orders and subscriptions have the fields of its objects; others have an unknown payload. */
export interface LemonSqueezyEvents extends TypedEvents<NamedEvents<typeof lemonSqueezy>, LemonSqueezyPayloads> {}
