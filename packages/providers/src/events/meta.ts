/** Kinds of object in Meta’s webhooks. Catalogs and managed accounts are left out, because their spelling was not found. */

import type { EventNames } from './event-names.ts';

export const meta = {
  source: {
    title:
      'Meta documentation, Webhooks reference and App subscriptions, and WhatsApp’s SDK for Node, src/types/webhooks.ts',
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
} as const satisfies EventNames;
