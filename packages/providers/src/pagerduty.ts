/** PagerDuty v3: HMAC-SHA-256 over the raw body, in a list of versioned signatures. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * PagerDuty, which signs the body in `X-PagerDuty-Signature: v1=...,v1=...`, one for each secret. Entries of other
 * versions are passed over.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/PagerDuty/go-pagerduty (webhookv3/webhookv3.go, read 2026-11-20)
 */
export const pagerduty = defineProvider({
  name: 'pagerduty',
  title: 'PagerDuty',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-pagerduty-signature', key: 'v1', encoding: 'hex' },
    signs: ['body'],
  }),
  eventId: { json: 'event.id' },
  eventType: { json: 'event.event_type' },
  secretHelp: 'The secret of the webhook subscription.',
  rotation: 'Several v1 entries, separated by commas.',
  source: {
    title: 'PagerDuty’s package for Go, webhookv3/webhookv3.go',
    url: 'https://github.com/PagerDuty/go-pagerduty',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The place of the event’s id.'],
});
