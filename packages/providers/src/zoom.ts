/** Zoom: HMAC-SHA-256 over a version, the timestamp and the body. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Zoom, which signs `v0:{timestamp}:{body}` in `x-zm-signature: v0=...`. Its own sample writes parsed JSON anew; this
 * preset takes the received bytes.
 *
 * The validation of an address (`endpoint.url_validation`), which comes every 72 hours, is signed too and answered
 * with a MAC of its `plainToken`. `x-zm-trackingid` differs by request, so the digest of the body identifies an
 * event.
 *
 * @see https://github.com/zoom/webhook-sample (and its changelog on URL validation, read 2026-11-20)
 */
export const zoom = defineProvider({
  name: 'zoom',
  title: 'Zoom',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-zm-signature', encoding: 'hex', prefix: 'v0=' },
    timestamp: { header: 'x-zm-request-timestamp', unit: 'seconds' },
    signs: [{ text: 'v0:' }, 'timestamp', { text: ':' }, 'body'],
  }),
  eventType: { json: 'event' },
  responseDeadlineSeconds: 3,
  handshakes: [
    {
      name: 'endpoint.url_validation',
      when: { method: 'POST', json: { event: 'endpoint.url_validation' } },
      signed: true,
      answer: {
        body: {
          object: {
            plainToken: { json: 'payload.plainToken' },
            encryptedToken: { macOf: { json: 'payload.plainToken' }, encoding: 'hex' },
          },
        },
      },
    },
  ],
  secretHelp: 'The secret token, used as text.',
  source: {
    title: 'Zoom’s webhook sample, and its changelog on URL validation',
    url: 'https://github.com/zoom/webhook-sample',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unverified: ['That the timestamp is in seconds.'],
  unsaid: ['How old a delivery may be; the preset takes 300 seconds.', 'An id of the event.'],
});
