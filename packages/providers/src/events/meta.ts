/** Kinds of object in Meta’s webhooks. Catalog and Managed Meta Account are left out: their spelling was not found. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const meta = {
  source: {
    title: 'Meta documentation, Webhooks reference, its examples, and WhatsApp’s SDK for Node (spelling)',
    url: 'https://developers.facebook.com/docs/graph-api/webhooks/reference',
    readOn: '2026-11-27',
  },
  names: [
    'ad_account',
    'application',
    'instagram',
    'page',
    'payments',
    'permissions',
    'user',
    'whatsapp_business_account',
  ],
  always: ['type'],
} as const satisfies SenderEvents;

/** The events of Meta, with unknown payloads. */
export interface MetaEvents extends NamedEvents<typeof meta> {}
