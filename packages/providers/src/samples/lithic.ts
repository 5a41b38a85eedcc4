/**
 * Sample payloads of Lithic, in part: its package gives a transaction many more fields.
 *
 * Fields: npm lithic 0.145.0; read 2026-11-27.
 */

import type { PartsOf, SenderSamples } from '../events/sender-events.ts';
import type { LithicEvents } from '../typed/lithic.ts';

export const samples: SenderSamples = {
  'card.created': {
    event_type: 'card.created',
    card_token: '00000000-0000-4000-8000-000000000001',
    replacement_for: null,
  },
  'card_transaction.updated': {
    event_type: 'card_transaction.updated',
    token: '00000000-0000-4000-8000-000000000002',
    account_token: '00000000-0000-4000-8000-000000000003',
    card_token: '00000000-0000-4000-8000-000000000001',
    status: 'SETTLED',
    result: 'APPROVED',
    amount: 1900,
    authorization_amount: 1900,
    settled_amount: 1900,
    merchant_amount: 1900,
    merchant_currency: 'USD',
    merchant: {
      acceptor_id: '000000000000001',
      acquiring_institution_id: '000001',
      city: 'EXAMPLE CITY',
      country: 'USA',
      descriptor: 'EXAMPLE SHOP',
      mcc: '5812',
      state: 'NY',
    },
    network: 'VISA',
    created: '2026-03-01T10:00:00Z',
    updated: '2026-03-01T10:00:05Z',
  },
} satisfies PartsOf<LithicEvents>;
