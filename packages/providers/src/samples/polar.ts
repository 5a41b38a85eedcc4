/**
 * Sample payloads of Polar: a subscription, its order and its customer. The package’s schema reads the order and
 * the customer; it requires more of the others.
 *
 * Fields: npm @polar-sh/sdk 0.49.0; read 2026-11-27.
 */

import type {
  PolarCheckout,
  PolarCustomer,
  PolarEvents,
  PolarOrder,
  PolarProduct,
  PolarSubscription,
} from '../events/polar.ts';
import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';

const customer: PolarCustomer = {
  id: '4f0c1a52-7f5e-4f0b-9d0e-2a6f5f1f9c01',
  created_at: '2026-02-03T09:14:05.120Z',
  modified_at: null,
  metadata: {},
  external_id: 'user_4711',
  email: 'ada@example.com',
  email_verified: true,
  type: 'individual',
  name: 'Ada Example',
  billing_name: 'Ada Example',
  billing_address: {
    line1: '12 Sample Street',
    line2: null,
    postal_code: '10115',
    city: 'Berlin',
    state: null,
    country: 'DE',
  },
  tax_id: null,
  locale: 'en',
  organization_id: '0b6d2c3e-51aa-4b8e-8c55-6d0a94b7e102',
  deleted_at: null,
  avatar_url: 'https://example.com/avatars/ada.png',
};

const product: PolarProduct = {
  id: '7a7e1a8c-3a39-4f5a-b2c0-9f0f43d1c203',
  created_at: '2026-01-12T08:00:00.000Z',
  modified_at: null,
  name: 'Example Plan',
  description: 'All features, billed monthly.',
  visibility: 'public',
  is_recurring: true,
  is_archived: false,
  recurring_interval: 'month',
  recurring_interval_count: 1,
  meter_interval: null,
  meter_interval_count: null,
  trial_interval: null,
  trial_interval_count: null,
  organization_id: '0b6d2c3e-51aa-4b8e-8c55-6d0a94b7e102',
  metadata: {},
};

/** Of an order, without the objects around it. */
const orderSubscription: Omit<PolarSubscription, 'customer' | 'product' | 'discount'> = {
  id: 'c1d8a5f4-2b67-4c0e-8a17-50b3e2f6d304',
  created_at: '2026-03-01T10:00:00.000Z',
  modified_at: '2026-03-01T10:00:04.000Z',
  amount: 1900,
  currency: 'usd',
  recurring_interval: 'month',
  recurring_interval_count: 1,
  status: 'active',
  current_period_start: '2026-03-01T10:00:00.000Z',
  current_period_end: '2026-04-01T10:00:00.000Z',
  trial_start: null,
  trial_end: null,
  cancel_at_period_end: false,
  canceled_at: null,
  started_at: '2026-03-01T10:00:00.000Z',
  ends_at: null,
  ended_at: null,
  customer_id: customer.id,
  product_id: product.id,
  discount_id: null,
  checkout_id: '9e3b7f10-64d2-4a9d-9b1c-d7f1c0a8e405',
  customer_cancellation_reason: null,
  customer_cancellation_comment: null,
  metadata: { plan: 'example' },
  custom_field_data: {},
};

const subscription: PolarSubscription = { ...orderSubscription, customer, product, discount: null };

const order: PolarOrder = {
  id: '2f9b6d83-0c1e-4c7f-a6c4-18d7e5a3b506',
  created_at: '2026-03-01T10:00:02.000Z',
  modified_at: null,
  status: 'paid',
  paid: true,
  subtotal_amount: 1900,
  discount_amount: 0,
  net_amount: 1900,
  tax_amount: 361,
  total_amount: 2261,
  applied_balance_amount: 0,
  due_amount: 0,
  refunded_amount: 0,
  refunded_tax_amount: 0,
  currency: 'usd',
  billing_reason: 'subscription_create',
  billing_name: 'Ada Example',
  billing_address: customer.billing_address,
  invoice_number: 'EXAMPLE-0001',
  is_invoice_generated: false,
  receipt_number: null,
  customer_id: customer.id,
  product_id: product.id,
  discount_id: null,
  subscription_id: subscription.id,
  checkout_id: subscription.checkout_id,
  metadata: {},
  custom_field_data: {},
  platform_fee_amount: 115,
  platform_fee_currency: 'usd',
  customer,
  product,
  discount: null,
  subscription: {
    ...orderSubscription,
    current_meter_period_start: null,
    current_meter_period_end: null,
    pause_at_period_end: false,
    paused_at: null,
    resumes_at: null,
  },
  items: [
    {
      id: '5c4a9d27-8e13-4f6b-b0d2-6f2a1e9c7607',
      created_at: '2026-03-01T10:00:02.000Z',
      modified_at: null,
      label: 'Example Plan',
      amount: 1900,
      tax_amount: 361,
      proration: false,
      product_price_id: 'd0e5b1f8-47c9-4a2d-8f36-3b9c5d7a1708',
    },
  ],
  description: 'Example Plan',
  refundable_amount: 1900,
  refundable_tax_amount: 361,
};

const checkout: PolarCheckout = {
  id: '9e3b7f10-64d2-4a9d-9b1c-d7f1c0a8e405',
  created_at: '2026-03-01T09:58:11.000Z',
  modified_at: '2026-03-01T10:00:01.000Z',
  status: 'succeeded',
  url: 'https://example.com/checkout/9e3b7f10',
  expires_at: '2026-03-01T10:58:11.000Z',
  success_url: 'https://example.com/thanks',
  amount: 1900,
  discount_amount: 0,
  net_amount: 1900,
  tax_amount: 361,
  total_amount: 2261,
  currency: 'usd',
  organization_id: product.organization_id,
  product_id: product.id,
  customer_id: customer.id,
  customer_name: 'Ada Example',
  customer_email: 'ada@example.com',
  external_customer_id: 'user_4711',
  subscription_id: subscription.id,
  metadata: {},
};

const timestamp = '2026-03-01T10:00:05.000Z';

export const samples: SenderSamples = {
  'order.paid': { type: 'order.paid', timestamp, data: order },
  'subscription.active': { type: 'subscription.active', timestamp, data: subscription },
  'subscription.canceled': {
    type: 'subscription.canceled',
    timestamp,
    data: {
      ...subscription,
      cancel_at_period_end: true,
      canceled_at: '2026-03-15T12:30:00.000Z',
      ends_at: '2026-04-01T10:00:00.000Z',
      customer_cancellation_reason: 'unused',
    },
  },
  'customer.created': { type: 'customer.created', timestamp, data: customer },
  'checkout.updated': { type: 'checkout.updated', timestamp, data: checkout },
} satisfies SamplesOf<PolarEvents>;
