/**
 * Sample payloads of Stripe, in part: its package gives an invoice or a session more than a hundred fields.
 *
 * Fields: github.com/stripe/openapi, openapi/fixtures3.json, each object; metadata has keys of our own; read
 * 2026-11-27.
 */

import type Stripe from 'stripe';
import type { Part, PartsOf, SenderSamples } from '../events/sender-events.ts';
import type { StripeEvents } from '../typed/stripe.ts';

const event = {
  object: 'event' as const,
  created: 1772359205,
  livemode: false,
  pending_webhooks: 1,
  request: { id: 'req_sample0001', idempotency_key: null },
};

const subscription: Part<Stripe.Subscription> = {
  id: 'sub_sample0001',
  object: 'subscription',
  customer: 'cus_sample0001',
  status: 'active',
  currency: 'eur',
  collection_method: 'charge_automatically',
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  created: 1772359200,
  start_date: 1772359200,
  ended_at: null,
  default_payment_method: 'pm_sample0001',
  items: {
    object: 'list',
    data: [
      {
        id: 'si_sample0001',
        object: 'subscription_item',
        created: 1772359200,
        current_period_start: 1772359200,
        current_period_end: 1775037600,
        quantity: 1,
        subscription: 'sub_sample0001',
        metadata: {},
        price: {
          id: 'price_sample0001',
          object: 'price',
          active: true,
          currency: 'eur',
          product: 'prod_sample0001',
          recurring: { interval: 'month', interval_count: 1 },
          type: 'recurring',
          unit_amount: 1900,
        },
      },
    ],
    has_more: false,
    url: '/v1/subscription_items?subscription=sub_sample0001',
  },
  latest_invoice: 'in_sample0001',
  livemode: false,
  metadata: { user_id: '4711' },
  trial_end: null,
  trial_start: null,
};

const invoice: Part<Stripe.Invoice> = {
  id: 'in_sample0001',
  object: 'invoice',
  customer: 'cus_sample0001',
  customer_email: 'ada@example.com',
  customer_name: 'Ada Example',
  currency: 'eur',
  status: 'paid',
  billing_reason: 'subscription_create',
  collection_method: 'charge_automatically',
  amount_due: 1900,
  amount_paid: 1900,
  amount_remaining: 0,
  attempt_count: 1,
  attempted: true,
  created: 1772359200,
  hosted_invoice_url: 'https://invoice.example.com/in_sample0001',
  invoice_pdf: 'https://invoice.example.com/in_sample0001.pdf',
  lines: {
    object: 'list',
    data: [
      {
        id: 'il_sample0001',
        object: 'line_item',
        amount: 1900,
        currency: 'eur',
        description: '1 × Example plan',
        livemode: false,
        metadata: {},
        period: { start: 1772359200, end: 1775037600 },
        quantity: 1,
      },
    ],
    has_more: false,
    url: '/v1/invoices/in_sample0001/lines',
  },
  livemode: false,
  metadata: {},
  next_payment_attempt: null,
  number: 'SAMPLE-0001',
  parent: {
    type: 'subscription_details',
    quote_details: null,
    subscription_details: { metadata: { user_id: '4711' }, subscription: 'sub_sample0001' },
  },
  period_end: 1772359200,
  period_start: 1772359200,
  subtotal: 1900,
  total: 1900,
};

export const samples: SenderSamples = {
  'checkout.session.completed': {
    ...event,
    id: 'evt_sample0001',
    type: 'checkout.session.completed',
    data: {
      object: {
        id: 'cs_test_sample0001',
        object: 'checkout.session',
        amount_subtotal: 1900,
        amount_total: 1900,
        cancel_url: 'https://example.com/cart',
        client_reference_id: 'order-1001',
        created: 1772359000,
        currency: 'eur',
        customer: 'cus_sample0001',
        customer_details: { email: 'ada@example.com', name: 'Ada Example', phone: null, tax_exempt: 'none' },
        customer_email: null,
        expires_at: 1772445400,
        invoice: 'in_sample0001',
        livemode: false,
        metadata: { order: '1001' },
        mode: 'subscription',
        payment_intent: null,
        payment_method_types: ['card'],
        payment_status: 'paid',
        status: 'complete',
        subscription: 'sub_sample0001',
        success_url: 'https://example.com/thanks',
        url: null,
      },
    },
  },
  'invoice.paid': { ...event, id: 'evt_sample0002', type: 'invoice.paid', data: { object: invoice } },
  'invoice.payment_failed': {
    ...event,
    id: 'evt_sample0003',
    type: 'invoice.payment_failed',
    data: {
      object: {
        ...invoice,
        status: 'open',
        billing_reason: 'subscription_cycle',
        amount_paid: 0,
        amount_remaining: 1900,
        next_payment_attempt: 1772618400,
      },
    },
  },
  'customer.subscription.created': {
    ...event,
    id: 'evt_sample0004',
    type: 'customer.subscription.created',
    data: { object: subscription },
  },
  'customer.subscription.updated': {
    ...event,
    id: 'evt_sample0005',
    type: 'customer.subscription.updated',
    data: {
      object: { ...subscription, cancel_at_period_end: true, cancel_at: 1775037600, canceled_at: 1772359205 },
      previous_attributes: { cancel_at_period_end: false, cancel_at: null, canceled_at: null },
    },
  },
  'customer.subscription.deleted': {
    ...event,
    id: 'evt_sample0006',
    type: 'customer.subscription.deleted',
    data: { object: { ...subscription, status: 'canceled', canceled_at: 1772359205, ended_at: 1772359205 } },
  },
  'payment_intent.succeeded': {
    ...event,
    id: 'evt_sample0007',
    type: 'payment_intent.succeeded',
    data: {
      object: {
        id: 'pi_sample0001',
        object: 'payment_intent',
        amount: 1900,
        amount_received: 1900,
        capture_method: 'automatic',
        created: 1772359200,
        currency: 'eur',
        customer: 'cus_sample0001',
        description: 'Order 1001',
        latest_charge: 'ch_sample0001',
        livemode: false,
        metadata: { order: '1001' },
        payment_method: 'pm_sample0001',
        payment_method_types: ['card'],
        receipt_email: 'ada@example.com',
        status: 'succeeded',
      },
    },
  },
  '*': { object: 'event', livemode: false, data: { object: {} } },
} satisfies PartsOf<StripeEvents>;
