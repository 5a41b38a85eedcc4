import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { razorpay as list } from '../../src/events/razorpay.ts';
import { type RazorpayEvents, razorpay } from '../../src/razorpay.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof razorpay>;
type Payload = RazorpayEvents['payment.captured'];

describe('the payloads of Razorpay', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: github.com/razorpay/markdown-docs, webhooks/payments.md, the second sample of payment.captured; read
    // 2026-11-27.
    const payload = {
      account_id: 'acc_BFQ7uQEaa7j2z7',
      contains: ['payment'],
      created_at: 1691735748,
      entity: 'event',
      event: 'payment.captured',
      payload: {
        payment: {
          entity: {
            acquirer_data: { auth_code: '828553', rrn: '322206890934' },
            amount: 100,
            amount_refunded: 0,
            amount_transferred: 0,
            bank: null,
            captured: true,
            card: { emi: false, entity: 'card', id: 'card_DESp9fNnu0RoNc', last4: '0153', network: 'Visa' },
            card_id: 'card_DESp9fNnu0RoNc',
            contact: '+919876543210',
            created_at: 1567674797,
            currency: 'INR',
            description: null,
            email: 'gaurav.kumar@example.com',
            entity: 'payment',
            error_code: '',
            error_description: '',
            error_reason: null,
            error_source: null,
            error_step: null,
            fee: null,
            id: 'pay_DESp9bgForNoUd',
            international: false,
            invoice_id: null,
            method: 'card',
            notes: [],
            order_id: 'order_DESoU0U4ikYA19',
            refund_status: null,
            status: 'captured',
            tax: null,
            token_id: 'token_MOfFlFTC1CBDOi',
            vpa: null,
            wallet: null,
          },
        },
      },
    } satisfies Payload;
    expect(await received(razorpay, payload)).toEqual([{ type: 'payment.captured', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, created_at: 'now' }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) =>
      event.type === 'payment.captured' ? event.payload.payload.payment.entity.amount : undefined;
    expectTypeOf(read).returns.toEqualTypeOf<number | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'payment.capture';
    const handlers = {
      'payment.captured': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'payment.capture': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for these', () => {
    expectTypeOf<NamesIn<RazorpayEvents>>().toEqualTypeOf<Listed<typeof list>>();
    expectTypeOf<Exclude<NamesIn<RazorpayEvents>, UntypedIn<RazorpayEvents>>>().toEqualTypeOf<
      | `payment.${'authorized' | 'captured' | 'failed'}`
      | 'order.paid'
      | `refund.${'created' | 'processed' | 'failed' | 'speed_changed'}`
    >();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      entity: 'event',
      event: 'payment.captured',
      contains: ['payment'],
      payload: { payment: { entity: { id: 'pay_1', description: '₹ 475' } } },
    } satisfies FieldsOf<RazorpayEvents['payment.captured']>;
    expect(recordedBody('razorpay')).toEqual(recorded);
  });
});
