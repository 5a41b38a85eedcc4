/** Twilio: HMAC-SHA-1 over the URL and the sorted fields of the form. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Twilio, which signs the URL it posts to and, behind it, the fields of the form sorted by name, in `X-Twilio-Signature`.
 * For a JSON body, the query of the URL has its SHA-256 as `bodySHA256`, which is checked.
 *
 * The receiver needs `publicUrl`. Four spellings of the URL are tried, as Twilio's own package does: without a port and
 * with one, each with the query as it is and as older back ends of Twilio write it.
 *
 * No time is signed, and deliveries name no type: it is told by the address. The header `I-Twilio-Idempotency-Token` is
 * not signed, so the signed fields identify an event.
 *
 * @see https://github.com/twilio/twilio-node (src/webhooks/webhooks.ts and spec/validation.spec.js, read 2026-11-20)
 */
export const twilio = defineProvider({
  name: 'twilio',
  title: 'Twilio',
  scheme: hmac({
    hash: 'SHA-1',
    signature: { header: 'x-twilio-signature', encoding: 'base64' },
    signs: ['url', { sortedFormOrQueryDigest: { query: 'bodySHA256', hash: 'SHA-256' } }],
    urlForms: ['exact', 'without_port', 'with_port', 'without_port_legacy_query', 'with_port_legacy_query'],
  }),
  eventId: { header: 'i-twilio-idempotency-token' },
  payload: 'json_or_form',
  methods: ['POST', 'GET'],
  secretHelp: 'The auth token of the account.',
  source: {
    title: 'Twilio’s package for Node, src/webhooks/webhooks.ts',
    url: 'https://github.com/twilio/twilio-node/blob/main/src/webhooks/webhooks.ts',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The header with the id.'],
});
