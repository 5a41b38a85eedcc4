/**
 * Sample payloads of Chargebee, in part: its package gives each resource more than a hundred fields.
 *
 * Fields: npm chargebee 3.33.0; read 2026-11-27.
 */

import type { Part, PartsOf, SenderSamples } from '../events/sender-events.ts';
import type { ChargebeeEvents } from '../typed/chargebee.ts';

type Content = NonNullable<Part<ChargebeeEvents['payment_succeeded']>['content']>;

const event = {
  occurred_at: 1772359205,
  source: 'api' as const,
  api_version: 'v2' as const,
  webhook_status: 'scheduled' as const,
};

const customer: NonNullable<Content['customer']> = {
  id: 'cus_sample_0001',
  first_name: 'Ada',
  last_name: 'Example',
  email: 'ada@example.com',
  auto_collection: 'on',
  net_term_days: 0,
  allow_direct_debit: false,
  created_at: 1772359000,
  taxability: 'taxable',
  updated_at: 1772359000,
  resource_version: 1772359000000,
  deleted: false,
  object: 'customer',
  preferred_currency_code: 'EUR',
};

const subscription: NonNullable<Content['subscription']> = {
  id: 'sub_sample_0001',
  billing_period: 1,
  billing_period_unit: 'month',
  customer_id: 'cus_sample_0001',
  status: 'active',
  current_term_start: 1772359200,
  current_term_end: 1775037600,
  next_billing_at: 1775037600,
  created_at: 1772359200,
  started_at: 1772359200,
  activated_at: 1772359200,
  updated_at: 1772359205,
  has_scheduled_changes: false,
  resource_version: 1772359205000,
  deleted: false,
  object: 'subscription',
  currency_code: 'EUR',
  subscription_items: [
    {
      item_price_id: 'example-plan-EUR-monthly',
      item_type: 'plan',
      quantity: 1,
      unit_price: 1900,
      amount: 1900,
    },
  ],
};

const invoice: NonNullable<Content['invoice']> = {
  id: 'inv_sample_0001',
  customer_id: 'cus_sample_0001',
  subscription_id: 'sub_sample_0001',
  recurring: true,
  status: 'paid',
  price_type: 'tax_exclusive',
  date: 1772359200,
  due_date: 1772359200,
  net_term_days: 0,
  total: 2261,
  amount_paid: 2261,
  amount_due: 0,
  paid_at: 1772359204,
  updated_at: 1772359204,
  resource_version: 1772359204000,
  deleted: false,
  object: 'invoice',
  first_invoice: true,
  currency_code: 'EUR',
  tax: 361,
  sub_total: 1900,
};

const transaction: NonNullable<Content['transaction']> = {
  id: 'txn_sample_0001',
  customer_id: 'cus_sample_0001',
  subscription_id: 'sub_sample_0001',
  payment_method: 'card',
  gateway: 'chargebee',
  type: 'payment',
  date: 1772359203,
  amount: 2261,
  status: 'success',
  currency_code: 'EUR',
};

export const samples: SenderSamples = {
  subscription_created: {
    ...event,
    id: 'ev_sample_0001',
    event_type: 'subscription_created',
    content: { subscription, customer, invoice },
  },
  subscription_cancelled: {
    ...event,
    id: 'ev_sample_0002',
    event_type: 'subscription_cancelled',
    content: {
      subscription: { ...subscription, status: 'cancelled', cancelled_at: 1772445600, cancel_reason: 'not_paid' },
      customer,
    },
  },
  payment_succeeded: {
    ...event,
    id: 'ev_sample_0003',
    event_type: 'payment_succeeded',
    content: { transaction, invoice, customer, subscription },
  },
  payment_failed: {
    ...event,
    id: 'ev_sample_0004',
    event_type: 'payment_failed',
    content: {
      transaction: { ...transaction, id: 'txn_sample_0002', status: 'failure', error_code: 'card_declined' },
      invoice: { ...invoice, status: 'payment_due', amount_paid: 0, amount_due: 2261 },
      customer,
      subscription,
    },
  },
} satisfies PartsOf<ChargebeeEvents>;
