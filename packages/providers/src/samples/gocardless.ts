/**
 * Sample payloads of GoCardless: single events of a webhook.
 *
 * Fields: github.com/gocardless/gocardless-nodejs, src/fixtures/webhook_body.json, and the package’s types; read
 * 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { GoCardlessEvents } from '../typed/gocardless.ts';

const created_at = '2026-03-01T10:00:05.000Z';

export const samples: SenderSamples = {
  'payments.confirmed': {
    id: 'EV0SAMPLE00001',
    created_at,
    resource_type: 'payments',
    action: 'confirmed',
    links: { payment: 'PM0SAMPLE00001' },
    details: {
      origin: 'gocardless',
      cause: 'payment_confirmed',
      description: 'Enough time has passed for the payment to be safe.',
    },
    metadata: {},
  },
  'payments.failed': {
    id: 'EV0SAMPLE00002',
    created_at,
    resource_type: 'payments',
    action: 'failed',
    links: { payment: 'PM0SAMPLE00001' },
    details: {
      origin: 'bank',
      cause: 'insufficient_funds',
      description: 'The account of the customer had too little money.',
      scheme: 'bacs',
      reason_code: 'ARUDD-0',
    },
    metadata: {},
  },
  'mandates.active': {
    id: 'EV0SAMPLE00003',
    created_at,
    resource_type: 'mandates',
    action: 'active',
    links: { mandate: 'MD0SAMPLE00001' },
    details: { origin: 'gocardless', cause: 'mandate_activated', description: 'The mandate can be used.' },
    metadata: {},
  },
  'mandates.cancelled': {
    id: 'EV0SAMPLE00004',
    created_at,
    resource_type: 'mandates',
    action: 'cancelled',
    links: { mandate: 'MD0SAMPLE00001' },
    details: {
      origin: 'bank',
      cause: 'mandate_cancelled',
      description: 'The customer cancelled the mandate at their bank.',
      scheme: 'bacs',
      reason_code: 'ADDACS-1',
    },
    metadata: {},
  },
  'subscriptions.created': {
    id: 'EV0SAMPLE00005',
    created_at,
    resource_type: 'subscriptions',
    action: 'created',
    links: { subscription: 'SB0SAMPLE00001' },
    details: { origin: 'api', cause: 'subscription_created', description: 'The API created the subscription.' },
    metadata: {},
  },
} satisfies SamplesOf<GoCardlessEvents>;
