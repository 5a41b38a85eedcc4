/** WooCommerce: HMAC-SHA-256 over the raw body. */

import { definePreset, handshakes, rawBodyHmac } from '@countersign/core/preset';
import type { WooCommerceEvents } from './events/woocommerce.ts';

export type { WooCommerceEvents } from './events/woocommerce.ts';

/**
 * WooCommerce signs the body in `X-WC-Webhook-Signature`, in base64. Topic and id are in headers that are not
 * signed.
 *
 * When something is deleted, the body is `{"id":25}` and nothing else. A product that is deleted, restored and deleted
 * again sends the same bytes twice, and so do a product and an order with one number. The delivery id, of which
 * WooCommerce makes a new one for each delivery and which it never sends again, is part of the identity of an event.
 *
 * No time is signed, so anyone who has captured a delivery can send it again with another delivery id.
 *
 * @see https://github.com/woocommerce/woocommerce (plugins/woocommerce/includes/class-wc-webhook.php, read 2026-11-26)
 */
export const woocommerce = definePreset<WooCommerceEvents>({
  name: 'woocommerce',
  title: 'WooCommerce',
  scheme: rawBodyHmac({ header: 'x-wc-webhook-signature', encoding: 'base64' }),
  eventId: { header: 'x-wc-webhook-delivery-id' },
  eventType: { header: 'x-wc-webhook-topic' },
  identity: {
    bytesRepeat: true,
    // There is only one attempt.
    idKept: true,
    source:
      'https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/includes/class-wc-webhook.php (build_payload, get_new_delivery_id, failed_delivery), read 2026-11-26',
    note: 'The id is a hash of the webhook and the second, so it is new in every delivery of one webhook but not unique within one second.',
  },
  responseDeadlineSeconds: 60,
  retries: {
    retriedOn: [],
    note: 'None. After more than five failures in a row the webhook is disabled.',
    redirects: {
      count: 'success',
      note: 'Up to 302; 303 and above are failures.',
      source: {
        title: 'WooCommerce, plugins/woocommerce/includes/class-wc-webhook.php',
        url: 'https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/includes/class-wc-webhook.php',
        readOn: '2026-11-26',
      },
    },
  },
  handshakes: handshakes([
    {
      name: 'ping',
      when: { method: 'POST', withoutHeader: 'x-wc-webhook-signature', form: { webhook_id: '*' } },
      signed: false,
      response: {},
      note: 'Sent unsigned when the webhook is saved; any response other than 200 disables it.',
    },
  ]),
  secretHelp: 'The secret of the webhook.',
  source: {
    title: 'WooCommerce, plugins/woocommerce/includes/class-wc-webhook.php',
    url: 'https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/includes/class-wc-webhook.php',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
});
