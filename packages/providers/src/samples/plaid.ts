/**
 * Sample payloads of Plaid.
 *
 * Fields: Plaid’s OpenAPI description, github.com/plaid/plaid-openapi, as its package has it; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { PlaidEvents } from '../typed/plaid.ts';

const item_id = 'sampleItem0000000000000000000000000001';

export const samples: SenderSamples = {
  'TRANSACTIONS.SYNC_UPDATES_AVAILABLE': {
    webhook_type: 'TRANSACTIONS',
    webhook_code: 'SYNC_UPDATES_AVAILABLE',
    item_id,
    initial_update_complete: true,
    historical_update_complete: false,
    environment: 'sandbox',
  },
  'ITEM.ERROR': {
    webhook_type: 'ITEM',
    webhook_code: 'ERROR',
    item_id,
    error: {
      error_type: 'ITEM_ERROR',
      error_code: 'ITEM_LOGIN_REQUIRED',
      error_message: 'The user has to sign in again.',
      display_message: null,
      status: 400,
    },
    environment: 'sandbox',
  },
  'ITEM.PENDING_EXPIRATION': {
    webhook_type: 'ITEM',
    webhook_code: 'PENDING_EXPIRATION',
    item_id,
    consent_expiration_time: '2026-03-08T10:00:00.000Z',
    environment: 'sandbox',
  },
} satisfies SamplesOf<PlaidEvents>;
