/** Event names of Xero: the category and the type, as the preset joins them. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const xero = {
  source: {
    title: 'Xero’s OpenAPI description 16.1.0, xero-webhooks.yaml',
    url: 'https://github.com/XeroAPI/Xero-OpenAPI/blob/e952d0bda3628facbf7afc5990ad6a0e7e77bd1e/xero-webhooks.yaml',
    readOn: '2026-11-27',
  },
  names: [
    'CONTACT.CREATE',
    'CONTACT.UPDATE',
    'CREDITNOTE.CREATE',
    'CREDITNOTE.UPDATE',
    'INVOICE.CREATE',
    'INVOICE.UPDATE',
    'SUBSCRIPTION.CREATE',
    'SUBSCRIPTION.UPDATE',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of Xero, with unknown payloads. */
export interface XeroEvents extends NamedEvents<typeof xero> {}
