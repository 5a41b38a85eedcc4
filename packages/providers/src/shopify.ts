/** Shopify: HMAC-SHA-256 over the raw body, in two dialects of headers. */

import { definePreset, hmac } from '@countersign/core/preset';
import type { ShopifyEvents } from './events/shopify.ts';

export type {
  ShopifyAddress,
  ShopifyCustomer,
  ShopifyEvents,
  ShopifyLineItem,
  ShopifyOrder,
  ShopifyProduct,
  ShopifyShop,
} from './events/shopify.ts';

/**
 * Shopify signs the body in `X-Shopify-Hmac-Sha256`, in base64, or in `shopify-hmac-sha256` for its events
 * API. Webhooks that were made in the admin are signed with another key than those of an app.
 *
 * Topic, shop and ids are in unsigned headers. Different events can have the same body, for instance with
 * `include_fields`, so `X-Shopify-Webhook-Id`, which Shopify names for finding duplicates, identifies an event together
 * with the body. `X-Shopify-Event-Id` does not: all deliveries of one action of a merchant share it, whatever their topic.
 *
 * The events API has other headers and no delivery id:
 * `{ ...shopify, eventId: { header: 'shopify-event-id' }, eventType: { header: 'shopify-topic' } }`.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://shopify.dev/docs/apps/build/webhooks/delivery-structure (headers, read 2026-11-26)
 * @see https://shopify.dev/docs/apps/build/webhooks/verify-deliveries (signature, duplicates, deadline, read 2026-11-26)
 */
export const shopify = definePreset<ShopifyEvents>({
  name: 'shopify',
  title: 'Shopify',
  scheme: hmac({
    hash: 'SHA-256',
    signature: [
      { header: 'x-shopify-hmac-sha256', encoding: 'base64' },
      { header: 'shopify-hmac-sha256', encoding: 'base64' },
    ],
    signs: ['body'],
  }),
  eventId: { header: 'x-shopify-webhook-id' },
  eventType: { header: 'x-shopify-topic' },
  identity: {
    bytesRepeat: true,
    idKept: true,
    source:
      'https://shopify.dev/docs/apps/build/webhooks/delivery-structure and https://shopify.dev/docs/apps/build/webhooks/verify-deliveries, read 2026-11-26',
    note: 'Events can have the same body if include_fields leaves little of it. Each subscription has its own delivery id.',
  },
  responseDeadlineSeconds: 5,
  retries: {
    horizonSeconds: 14_400,
    keepsBody: true,
    note: 'Eight times within four hours, with growing delays. A subscription made by the Admin API is then deleted.',
  },
  secretHelp: 'The client secret of the app (API secret key), used as text.',
  wrongSecrets: {
    shpat_: 'an admin API access token',
    shpca_: 'an access token of a custom app',
    shppa_: 'a password of a private app',
  },
  rotation:
    'After the client secret is replaced, it can take up to an hour before deliveries are signed with the new one.',
  source: {
    title: 'Shopify documentation, Verify webhook deliveries',
    url: 'https://shopify.dev/docs/apps/build/webhooks/verify-deliveries',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unsaid: ['Which other header identifies a delivery of the events API.'],
});
