/** PagerDuty v3: HMAC-SHA-256 over the raw body, in a list of versioned signatures. */

import { definePreset, hmac } from '@countersign/core/preset';
import type { PagerDutyEvents } from './events/pagerduty.ts';

export type { PagerDutyEvents } from './events/pagerduty.ts';

/**
 * PagerDuty signs the body in `X-PagerDuty-Signature: v1=...,v1=...`, one for each secret. Entries of other
 * versions are passed over.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * Each request has one event. After a 4xx other than 429 PagerDuty does not retry; it holds back later events of the same
 * incident while it retries.
 *
 * @see https://github.com/PagerDuty/go-pagerduty (webhookv3/webhookv3.go, read 2026-11-20)
 * @see https://docs.pagerduty.com/developer/webhook-behavior (as quoted in a public guide, read 2026-11-26)
 */
export const pagerduty = definePreset<PagerDutyEvents>({
  name: 'pagerduty',
  title: 'PagerDuty',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-pagerduty-signature', key: 'v1', encoding: 'hex' },
    signs: ['body'],
  }),
  eventId: { json: 'event.id' },
  eventType: { json: 'event.event_type' },
  eventCreatedAt: { json: 'event.occurred_at', unit: 'iso8601' },
  responseDeadlineSeconds: 5,
  retries: {
    horizonSeconds: 172_800,
    retriedOn: [429, '5xx'],
    note: 'For up to 48 hours after no answer, 429 or 5xx; never after another 4xx. Three lost events in a row disable the subscription for a day.',
  },
  secretHelp: 'The secret of the webhook subscription.',
  rotation: 'Several v1 entries, separated by commas.',
  source: {
    title: 'PagerDuty’s package for Go, webhookv3/webhookv3.go',
    url: 'https://github.com/PagerDuty/go-pagerduty',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['Deadline and retries, which were read in third-party quotes.'],
});
