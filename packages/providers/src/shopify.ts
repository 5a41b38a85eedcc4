/** Shopify: HMAC-SHA-256 over the raw body, in two dialects of headers. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Shopify, which signs the body in `X-Shopify-Hmac-Sha256`, in base64, or in `shopify-hmac-sha256` for its events
 * API. Webhooks that were made in the admin are signed with another key than those of an app.
 *
 * Topic, shop and ids stand in headers that nobody signs, so the digest of the body identifies an event. For the
 * events API, put its names in their place: `{ ...shopify, eventType: { header: "shopify-topic" } }`.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/Shopify/shopify-app-js (packages/apps/shopify-api/lib/webhooks/validate.ts, read
 * 2026-11-20)
 */
export const shopify = defineProvider({
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
  responseDeadlineSeconds: 5,
  retries: { horizonSeconds: 14_400, note: 'Eight times within four hours.' },
  secretHelp: 'The API secret key of the app, used as text.',
  source: {
    title: 'Shopify’s library for apps, packages/apps/shopify-api/lib/webhooks/validate.ts',
    url: 'https://github.com/Shopify/shopify-app-js',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['Retries and the five seconds for an answer.'],
});
