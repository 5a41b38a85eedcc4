import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { shopify as list } from '../../src/events/shopify.ts';
import { type ShopifyEvents, shopify } from '../../src/shopify.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof shopify>;
type Payload = ShopifyEvents['customers/create'];

describe('the payloads of Shopify', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // https://shopify.dev/docs/api/webhooks/2026-04, customers/create, sample payload, without marketing consent; read 2026-11-27.
    const payload = {
      id: 706405506930370000,
      admin_graphql_api_id: 'gid://shopify/Customer/706405506930370084',
      email: 'bob@biller.com',
      created_at: '2021-12-31T19:00:00-05:00',
      updated_at: '2021-12-31T19:00:00-05:00',
      first_name: 'Bob',
      last_name: 'Biller',
      state: 'disabled',
      note: 'This customer loves ice cream',
      verified_email: true,
      tax_exempt: false,
      currency: 'USD',
      phone: null,
    } satisfies Payload;
    expect(await received(shopify, payload, { 'x-shopify-topic': 'customers/create' })).toEqual([
      { type: 'customers/create', payload: payload },
    ]);
    // @ts-expect-error A value of another type.
    ({ ...payload, verified_email: 'yes' }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'customers/create' ? event.payload.email : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | null | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'customer/create';
    const handlers = {
      'customers/create': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'customer/create': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for these', () => {
    expectTypeOf<NamesIn<ShopifyEvents>>().toEqualTypeOf<Listed<typeof list>>();
    expectTypeOf<Exclude<NamesIn<ShopifyEvents>, UntypedIn<ShopifyEvents>>>().toEqualTypeOf<
      | `orders/${'create' | 'paid' | 'updated' | 'cancelled' | 'fulfilled'}`
      | `customers/${'create' | 'update'}`
      | `products/${'create' | 'update'}`
      | 'app/uninstalled'
    >();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      id: 820982911946154500,
      email: 'jon@example.com',
      note: 'Größe  €',
      total: '1.0',
    } satisfies FieldsOf<ShopifyEvents['orders/create']> & { readonly total: string };
    expect(recordedBody('shopify')).toEqual(recorded);
  });
});
