/**
 * Sample payloads of Lemon Squeezy: an order, and a subscription from start to end.
 *
 * Fields: https://docs.lemonsqueezy.com/help/webhooks/webhook-requests and npm @lemonsqueezy/lemonsqueezy.js
 * 4.0.0; read 2026-11-27.
 */

import type { LemonSqueezyEvents, LemonSqueezyOrder, LemonSqueezySubscription } from '../events/lemon-squeezy.ts';
import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';

const order: LemonSqueezyOrder = {
  store_id: 1001,
  customer_id: 2001,
  identifier: '6b7c2f1e-90ad-4d53-8e4b-1f0a7c5d9e01',
  order_number: 17,
  user_name: 'Ada Example',
  user_email: 'ada@example.com',
  currency: 'EUR',
  currency_rate: '1.08000000',
  subtotal: 1900,
  discount_total: 0,
  tax: 361,
  total: 2261,
  subtotal_usd: 2052,
  discount_total_usd: 0,
  tax_usd: 390,
  total_usd: 2442,
  tax_name: 'VAT',
  tax_rate: '19.00',
  tax_inclusive: false,
  status: 'paid',
  status_formatted: 'Paid',
  refunded: false,
  refunded_at: null,
  subtotal_formatted: '€19.00',
  discount_total_formatted: '€0.00',
  tax_formatted: '€3.61',
  total_formatted: '€22.61',
  first_order_item: {
    id: 4001,
    order_id: 3001,
    product_id: 5001,
    variant_id: 6001,
    quantity: 1,
    product_name: 'Example Plan',
    variant_name: 'Monthly',
    price: 1900,
    created_at: '2026-03-01T10:00:00.000000Z',
    updated_at: '2026-03-01T10:00:00.000000Z',
    test_mode: true,
  },
  urls: { receipt: 'https://example.com/receipts/3001' },
  created_at: '2026-03-01T10:00:00.000000Z',
  updated_at: '2026-03-01T10:00:00.000000Z',
  test_mode: true,
};

const subscription: LemonSqueezySubscription = {
  store_id: 1001,
  customer_id: 2001,
  order_id: 3001,
  order_item_id: 4001,
  product_id: 5001,
  variant_id: 6001,
  product_name: 'Example Plan',
  variant_name: 'Monthly',
  user_name: 'Ada Example',
  user_email: 'ada@example.com',
  status: 'active',
  status_formatted: 'Active',
  card_brand: 'visa',
  card_last_four: '4242',
  pause: null,
  cancelled: false,
  trial_ends_at: null,
  billing_anchor: 1,
  first_subscription_item: {
    id: 7001,
    subscription_id: 8001,
    price_id: 9001,
    quantity: 1,
    is_usage_based: false,
    created_at: '2026-03-01T10:00:03.000000Z',
    updated_at: '2026-03-01T10:00:03.000000Z',
  },
  urls: {
    update_payment_method: 'https://example.com/subscriptions/8001/payment',
    customer_portal: 'https://example.com/billing',
  },
  renews_at: '2026-04-01T10:00:00.000000Z',
  ends_at: null,
  created_at: '2026-03-01T10:00:03.000000Z',
  updated_at: '2026-03-01T10:00:03.000000Z',
  test_mode: true,
};

const custom_data = { user_id: '4711' };

export const samples: SenderSamples = {
  order_created: {
    meta: { event_name: 'order_created', test_mode: true, custom_data },
    data: { type: 'orders', id: '3001', attributes: order },
  },
  order_refunded: {
    meta: { event_name: 'order_refunded', test_mode: true, custom_data },
    data: {
      type: 'orders',
      id: '3001',
      attributes: {
        ...order,
        status: 'refunded',
        status_formatted: 'Refunded',
        refunded: true,
        refunded_at: '2026-03-05T16:20:00.000000Z',
      },
    },
  },
  subscription_created: {
    meta: { event_name: 'subscription_created', test_mode: true, custom_data },
    data: { type: 'subscriptions', id: '8001', attributes: subscription },
  },
  subscription_updated: {
    meta: { event_name: 'subscription_updated', test_mode: true, custom_data },
    data: {
      type: 'subscriptions',
      id: '8001',
      attributes: {
        ...subscription,
        variant_id: 6002,
        variant_name: 'Yearly',
        updated_at: '2026-03-10T08:15:00.000000Z',
      },
    },
  },
  subscription_cancelled: {
    meta: { event_name: 'subscription_cancelled', test_mode: true, custom_data },
    data: {
      type: 'subscriptions',
      id: '8001',
      attributes: {
        ...subscription,
        status: 'cancelled',
        status_formatted: 'Cancelled',
        cancelled: true,
        ends_at: '2026-04-01T10:00:00.000000Z',
      },
    },
  },
} satisfies SamplesOf<LemonSqueezyEvents>;
