/**
 * Sample payloads of Razorpay: a payment that is captured, one that fails, an order and a refund.
 *
 * Fields: github.com/razorpay/markdown-docs, webhooks/payments.md, and this preset’s types; read 2026-11-27.
 */

import type { RazorpayEvents, RazorpayOrder, RazorpayPayment, RazorpayRefund } from '../events/razorpay.ts';
import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';

const payment: RazorpayPayment = {
  id: 'pay_Sample00000001',
  entity: 'payment',
  amount: 49900,
  currency: 'INR',
  base_amount: 49900,
  status: 'captured',
  order_id: 'order_Sample000001',
  invoice_id: null,
  international: false,
  method: 'upi',
  amount_refunded: 0,
  amount_transferred: 0,
  refund_status: null,
  captured: true,
  description: 'Order 1001',
  card_id: null,
  bank: null,
  wallet: null,
  vpa: 'ada@examplebank',
  email: 'ada@example.com',
  contact: '+915550000001',
  notes: { order: '1001' },
  fee: 1178,
  tax: 180,
  error_code: null,
  error_description: null,
  error_source: null,
  error_step: null,
  error_reason: null,
  acquirer_data: { rrn: '000000000001' },
  created_at: 1772359200,
};

const order: RazorpayOrder = {
  id: 'order_Sample000001',
  entity: 'order',
  amount: 49900,
  amount_paid: 49900,
  amount_due: 0,
  currency: 'INR',
  receipt: 'receipt-1001',
  offer_id: null,
  status: 'paid',
  attempts: 1,
  notes: { order: '1001' },
  created_at: 1772359100,
};

const refund: RazorpayRefund = {
  id: 'rfnd_Sample0000001',
  entity: 'refund',
  amount: 49900,
  currency: 'INR',
  payment_id: 'pay_Sample00000001',
  notes: [],
  receipt: null,
  acquirer_data: { rrn: null },
  batch_id: null,
  status: 'processed',
  speed_processed: 'normal',
  speed_requested: 'normal',
  created_at: 1772445600,
};

const common = { entity: 'event' as const, account_id: 'acc_Sample00000001', created_at: 1772359205 };

export const samples: SenderSamples = {
  'payment.captured': {
    ...common,
    event: 'payment.captured',
    contains: ['payment'],
    payload: { payment: { entity: payment } },
  },
  'payment.failed': {
    ...common,
    event: 'payment.failed',
    contains: ['payment'],
    payload: {
      payment: {
        entity: {
          ...payment,
          status: 'failed',
          captured: false,
          fee: null,
          tax: null,
          error_code: 'BAD_REQUEST_ERROR',
          error_description: 'The payment was cancelled.',
          error_source: 'customer',
          error_step: 'payment_authentication',
          error_reason: 'payment_cancelled',
        },
      },
    },
  },
  'order.paid': {
    ...common,
    event: 'order.paid',
    contains: ['payment', 'order'],
    payload: { payment: { entity: payment }, order: { entity: order } },
  },
  'refund.processed': {
    ...common,
    event: 'refund.processed',
    contains: ['refund', 'payment'],
    payload: {
      refund: { entity: refund },
      payment: { entity: { ...payment, status: 'refunded', amount_refunded: 49900, refund_status: 'full' } },
    },
  },
} satisfies SamplesOf<RazorpayEvents>;
