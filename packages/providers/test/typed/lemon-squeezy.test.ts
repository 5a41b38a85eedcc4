import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { lemonSqueezy as list } from '../../src/events/lemon-squeezy.ts';
import { type LemonSqueezyEvents, lemonSqueezy } from '../../src/lemon-squeezy.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof lemonSqueezy>;
type Payload = LemonSqueezyEvents['order_created'];

describe('the payloads of Lemon Squeezy', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: https://docs.lemonsqueezy.com/help/webhooks/webhook-requests and
    // the order of npm @lemonsqueezy/lemonsqueezy.js 4.0.0, without some relationships; read 2026-11-27.
    const payload = {
      meta: { event_name: 'order_created', custom_data: { customer_id: 25 } },
      data: {
        type: 'orders',
        id: '1',
        attributes: {
          store_id: 1,
          customer_id: 1,
          identifier: '104e18a2-d755-4d4b-80c4-a6c1dcbe1c10',
          order_number: 1,
          user_name: 'John Doe',
          user_email: 'john@example.com',
          currency: 'USD',
          currency_rate: '1.0000',
          subtotal: 999,
          discount_total: 0,
          tax: 200,
          total: 1199,
          subtotal_usd: 999,
          discount_total_usd: 0,
          tax_usd: 200,
          total_usd: 1199,
          tax_name: 'VAT',
          tax_rate: '20.00',
          status: 'paid',
          status_formatted: 'Paid',
          refunded: false,
          refunded_at: null,
          subtotal_formatted: '$9.99',
          discount_total_formatted: '$0.00',
          tax_formatted: '$2.00',
          total_formatted: '$11.99',
          first_order_item: {
            order_id: 1,
            product_id: 1,
            variant_id: 1,
            product_name: 'Example Product',
            variant_name: 'Example Variant',
            price: 1199,
            created_at: '2021-08-17T09:45:53.000000Z',
            updated_at: '2021-08-17T09:45:53.000000Z',
          },
          created_at: '2021-08-17T09:45:53.000000Z',
          updated_at: '2021-08-17T09:45:53.000000Z',
        },
      },
    } satisfies Payload;
    expect(await received(lemonSqueezy, payload)).toEqual([{ type: 'order_created', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, data: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'order_created' ? event.payload.data.attributes.total : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<number | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'order_create';
    const handlers = {
      order_created: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      order_create: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for these', () => {
    expectTypeOf<NamesIn<LemonSqueezyEvents>>().toEqualTypeOf<Listed<typeof list>>();
    expectTypeOf<Exclude<NamesIn<LemonSqueezyEvents>, UntypedIn<LemonSqueezyEvents>>>().toEqualTypeOf<
      Exclude<Listed<typeof list>, `license_key_${string}` | `subscription_payment_${string}`>
    >();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      meta: { event_name: 'order_created', custom_data: { note: 'żółć' } },
      data: { type: 'orders', id: '1' },
    } satisfies FieldsOf<LemonSqueezyEvents['order_created']>;
    expect(recordedBody('lemon-squeezy')).toEqual(recorded);
  });
});
