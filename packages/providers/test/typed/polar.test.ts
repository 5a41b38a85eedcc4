import type { EventOf, HandlersByType } from '@countersign/core';
import { WebhookCustomerCreatedPayload$inboundSchema } from '@polar-sh/sdk/models/components/webhookcustomercreatedpayload.js';
import { WebhookOrderPaidPayload$inboundSchema } from '@polar-sh/sdk/models/components/webhookorderpaidpayload.js';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { polar as list } from '../../src/events/polar.ts';
import { type PolarEvents, polar } from '../../src/polar.ts';
import { samples } from '../../src/samples/polar.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof polar>;
type Payload = PolarEvents['order.paid'];

// Schema: A body of our own that the schema of @polar-sh/sdk 0.49.0 reads.
const payload = {
  type: 'order.paid',
  timestamp: '2026-11-21T09:00:00Z',
  data: {
    id: '48fd1a3c-ca52-430e-9b46-1249dc05e781',
    created_at: '2026-01-07T13:29:31.134657Z',
    modified_at: null,
    status: 'paid',
    paid: true,
    subtotal_amount: 1000,
    discount_amount: 0,
    net_amount: 1000,
    tax_amount: 200,
    total_amount: 1200,
    applied_balance_amount: 0,
    due_amount: 1200,
    refunded_amount: 0,
    refunded_tax_amount: 0,
    currency: 'usd',
    billing_reason: 'purchase',
    billing_name: null,
    billing_address: { country: 'FR' },
    invoice_number: 'EX-0001',
    is_invoice_generated: false,
    receipt_number: null,
    customer_id: '97cd9d0d-b59e-4e47-ace4-483b88708d9e',
    product_id: '01a31c1a-7af7-4958-9b73-c10e2fac5f70',
    discount_id: null,
    subscription_id: null,
    checkout_id: null,
    metadata: { key: 'value' },
    platform_fee_amount: 50,
    platform_fee_currency: 'usd',
    customer: {
      id: '97cd9d0d-b59e-4e47-ace4-483b88708d9e',
      created_at: '2026-01-07T13:29:31.134657Z',
      modified_at: null,
      metadata: {},
      external_id: null,
      email: 'user@example.com',
      email_verified: true,
      type: 'individual',
      name: 'Zoë',
      billing_name: null,
      billing_address: null,
      tax_id: null,
      organization_id: '29201986-843d-48fb-b232-eaa1a52d8fd3',
      deleted_at: null,
      avatar_url: null,
    },
    product: {
      id: '01a31c1a-7af7-4958-9b73-c10e2fac5f70',
      created_at: '2026-01-07T13:29:31.134657Z',
      modified_at: null,
      name: 'A product',
      description: null,
      visibility: 'public',
      is_recurring: false,
      is_archived: false,
      recurring_interval: null,
      recurring_interval_count: null,
      meter_interval: null,
      meter_interval_count: null,
      trial_interval: null,
      trial_interval_count: null,
      organization_id: '29201986-843d-48fb-b232-eaa1a52d8fd3',
      metadata: {},
    },
    discount: null,
    subscription: null,
    items: [
      {
        id: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890',
        created_at: '2026-01-07T13:29:31.134657Z',
        modified_at: null,
        label: 'A product',
        amount: 1000,
        tax_amount: 200,
        proration: false,
        product_price_id: null,
      },
    ],
    description: 'A product',
    refundable_amount: 1000,
    refundable_tax_amount: 200,
  },
} satisfies Payload;

describe('the payloads of Polar', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    expect(await received(polar, payload)).toEqual([{ type: 'order.paid', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, timestamp: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'order.paid' ? event.payload.data.total_amount : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<number | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'order.pai';
    const handlers = {
      'order.paid': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'order.pai': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for these', () => {
    expectTypeOf<NamesIn<PolarEvents>>().toEqualTypeOf<Listed<typeof list>>();
    expectTypeOf<Exclude<NamesIn<PolarEvents>, UntypedIn<PolarEvents>>>().toEqualTypeOf<
      | `order.${'created' | 'paid' | 'refunded' | 'updated'}`
      | Extract<Listed<typeof list>, `subscription.${string}`>
      | `customer.${'created' | 'deleted' | 'updated'}`
      | `checkout.${'created' | 'expired' | 'updated'}`
    >();
  });

  it.each([
    ['order.paid', WebhookOrderPaidPayload$inboundSchema],
    ['customer.created', WebhookCustomerCreatedPayload$inboundSchema],
  ])('have a sample that the schema of the sender’s package reads: %s', (type, schema) => {
    expect(schema.safeParse(samples[type]).error?.message).toBeUndefined();
  });

  it('are what the schema of the sender’s package reads', () => {
    const read = WebhookOrderPaidPayload$inboundSchema.safeParse(payload);
    expect(read.error).toBeUndefined();
    const { paid: _, ...incomplete } = payload.data;
    expect(WebhookOrderPaidPayload$inboundSchema.safeParse({ ...payload, data: incomplete }).success).toBe(false);
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      type: 'example.created',
      timestamp: '2026-11-21T09:00:00Z',
      data: { name: 'Zoë  €', n: 1.0 },
    } satisfies FieldsOf<PolarEvents['order.paid']>;
    expect(recordedBody('polar')).toEqual(recorded);
  });
});
