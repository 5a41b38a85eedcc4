/** Xero: HMAC-SHA-256 over the raw body, and checks with wrong signatures. */

import { batches, definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { XeroEvents } from './events/xero.ts';

export type { XeroEvents } from './events/xero.ts';

/**
 * Xero signs the body in `x-xero-signature`, in base64.
 *
 * When an address is entered, Xero posts several requests, some with wrong signatures on purpose, and expects 200
 * with an empty body for the right ones and 401 for the others. The receiver answers so by itself; those refusals are
 * no attack. A delivery without events runs no handler.
 *
 * Events have no id of their own. The resource, the category, the type and the time in milliseconds tell one from
 * another, and stay the same when Xero puts other events next to it. The whole body does not: it holds random text
 * (`entropy`). `eventDateUtc` is written without an offset, so `event.createdAt` is undefined.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/XeroAPI/Xero-OpenAPI (xero-webhooks.yaml, read 2026-11-26)
 */
export const xero = definePreset<XeroEvents>({
  name: 'xero',
  title: 'Xero',
  scheme: rawBodyHmac({ header: 'x-xero-signature', encoding: 'base64' }),
  eventId: { json: ['resourceId', 'eventCategory', 'eventType', 'eventDateUtc'], join: ':' },
  eventType: { json: ['eventCategory', 'eventType'], join: '.' },
  ...batches,
  batch: { json: 'events.*' },
  responseDeadlineSeconds: 5,
  secretHelp: 'The webhook signing key of the app, used as text.',
  source: {
    title: 'Xero’s OpenAPI description, xero-webhooks.yaml',
    url: 'https://github.com/XeroAPI/Xero-OpenAPI/blob/master/xero-webhooks.yaml',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: ['Five seconds for a response.'],
  unsaid: ['An id of an event.', 'When deliveries are retried, and whether entropy then differs.'],
});
