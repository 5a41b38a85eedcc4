/** Topics of WooCommerce; an action that the shop chooses has the topic `action.` and its name. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const woocommerce = {
  source: {
    title: 'WooCommerce, plugins/woocommerce/includes/admin/settings/views/html-webhooks-edit.php',
    url: 'https://github.com/woocommerce/woocommerce/blob/038959ca5aa1d7cb77d89c53fcf890a4df9ad2ce/plugins/woocommerce/includes/admin/settings/views/html-webhooks-edit.php',
    readOn: '2026-11-27',
  },
  names: [
    'coupon.created',
    'coupon.deleted',
    'coupon.restored',
    'coupon.updated',
    'customer.created',
    'customer.deleted',
    'customer.updated',
    'order.created',
    'order.deleted',
    'order.restored',
    'order.updated',
    'product.created',
    'product.deleted',
    'product.published',
    'product.restored',
    'product.updated',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of WooCommerce, with unknown payloads. */
export interface WooCommerceEvents extends NamedEvents<typeof woocommerce> {}
