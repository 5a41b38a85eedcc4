/** Xero: HMAC-SHA-256 over the raw body, and checks with wrong signatures. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Xero, which signs the body in `x-xero-signature`, in base64.
 *
 * When an address is entered, Xero posts several requests, some with wrong signatures on purpose, and expects 200
 * with an empty body for the right ones and 401 for the others. The receiver answers so by itself; those refusals are
 * no attack. A delivery without events runs no handler.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://developer.xero.com/documentation/guides/webhooks/overview/ (quoted by public receivers,
 * which were read 2026-11-20 in its place)
 */
export const xero = defineProvider({
  name: 'xero',
  title: 'Xero',
  scheme: rawBodyHmac({ header: 'x-xero-signature', encoding: 'base64' }),
  eventType: { json: ['eventCategory', 'eventType'], join: '.' },
  batch: { json: 'events.*' },
  responseDeadlineSeconds: 5,
  secretHelp: 'The webhook signing key of the app, used as text.',
  source: {
    title: 'Public receivers that quote Xero, Webhooks overview',
    url: 'https://developer.xero.com/documentation/guides/webhooks/overview/',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['The place of the type, and five seconds for an answer.'],
  unsaid: ['An id of an event.'],
});
