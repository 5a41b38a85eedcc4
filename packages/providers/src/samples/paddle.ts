/**
 * Sample payloads of Paddle, in part: its package gives a transaction and a subscription many more fields.
 *
 * Fields: github.com/PaddleHQ/paddle-node-sdk, src/__tests__/mocks/notifications, each event; for a scheduled
 * change, the package’s types; read 2026-11-27.
 */

import type { Part, PartsOf, SenderSamples } from '../events/sender-events.ts';
import type { PaddleEvents } from '../typed/paddle.ts';

const customer_id = 'ctm_01sample000000000000000001';

const price = {
  id: 'pri_01sample000000000000000001',
  product_id: 'pro_01sample000000000000000001',
  description: 'Example plan, monthly',
  name: 'Monthly',
  type: 'standard' as const,
  unit_price: { amount: '1900', currency_code: 'EUR' as const },
  billing_cycle: { interval: 'month' as const, frequency: 1 },
  status: 'active' as const,
};

const subscription: Part<PaddleEvents['subscription.updated']>['data'] = {
  id: 'sub_01sample000000000000000001',
  status: 'active',
  customer_id,
  address_id: 'add_01sample000000000000000001',
  business_id: null,
  currency_code: 'EUR',
  created_at: '2026-03-01T10:00:04.000Z',
  updated_at: '2026-03-01T10:00:04.000Z',
  started_at: '2026-03-01T10:00:00.000Z',
  first_billed_at: '2026-03-01T10:00:00.000Z',
  next_billed_at: '2026-04-01T10:00:00.000Z',
  paused_at: null,
  canceled_at: null,
  collection_mode: 'automatic',
  current_billing_period: { starts_at: '2026-03-01T10:00:00.000Z', ends_at: '2026-04-01T10:00:00.000Z' },
  billing_cycle: { interval: 'month', frequency: 1 },
  scheduled_change: null,
  items: [
    {
      status: 'active',
      quantity: 1,
      recurring: true,
      created_at: '2026-03-01T10:00:04.000Z',
      updated_at: '2026-03-01T10:00:04.000Z',
      price,
    },
  ],
  custom_data: null,
};

export const samples: SenderSamples = {
  'transaction.completed': {
    event_id: 'evt_01sample000000000000000001',
    event_type: 'transaction.completed',
    occurred_at: '2026-03-01T10:00:05.000Z',
    notification_id: 'ntf_01sample000000000000000001',
    data: {
      id: 'txn_01sample000000000000000001',
      status: 'completed',
      customer_id,
      address_id: 'add_01sample000000000000000001',
      business_id: null,
      custom_data: null,
      origin: 'web',
      collection_mode: 'automatic',
      subscription_id: 'sub_01sample000000000000000001',
      invoice_id: 'inv_01sample000000000000000001',
      invoice_number: '1001-0001',
      currency_code: 'EUR',
      billed_at: '2026-03-01T10:00:02.000Z',
      created_at: '2026-03-01T09:58:00.000Z',
      updated_at: '2026-03-01T10:00:05.000Z',
      items: [{ price, quantity: 1 }],
      details: {
        totals: {
          subtotal: '1900',
          discount: '0',
          tax: '361',
          total: '2261',
          credit: '0',
          balance: '0',
          grand_total: '2261',
          fee: '163',
          earnings: '1737',
          currency_code: 'EUR',
        },
      },
    },
  },
  'subscription.created': {
    event_id: 'evt_01sample000000000000000002',
    event_type: 'subscription.created',
    occurred_at: '2026-03-01T10:00:05.000Z',
    notification_id: 'ntf_01sample000000000000000002',
    data: { ...subscription, transaction_id: 'txn_01sample000000000000000001' },
  },
  'subscription.updated': {
    event_id: 'evt_01sample000000000000000003',
    event_type: 'subscription.updated',
    occurred_at: '2026-03-10T08:00:00.000Z',
    notification_id: 'ntf_01sample000000000000000003',
    data: {
      ...subscription,
      updated_at: '2026-03-10T08:00:00.000Z',
      scheduled_change: { action: 'cancel', effective_at: '2026-04-01T10:00:00.000Z', resume_at: null },
    },
  },
  'subscription.canceled': {
    event_id: 'evt_01sample000000000000000004',
    event_type: 'subscription.canceled',
    occurred_at: '2026-04-01T10:00:05.000Z',
    notification_id: 'ntf_01sample000000000000000004',
    data: {
      ...subscription,
      status: 'canceled',
      canceled_at: '2026-04-01T10:00:00.000Z',
      next_billed_at: null,
      current_billing_period: null,
      updated_at: '2026-04-01T10:00:05.000Z',
    },
  },
} satisfies PartsOf<PaddleEvents>;
