/** Zoom: HMAC-SHA-256 over a version, the timestamp and the body. */

import { definePreset, handshakes, hmac } from '@countersign/core/preset';
import type { ZoomEvents } from './events/zoom.ts';

export type { ZoomEvents } from './events/zoom.ts';

/**
 * Zoom signs `v0:{timestamp}:{body}` in `x-zm-signature: v0=...`. Its own sample writes parsed JSON again; this
 * preset takes the received bytes.
 *
 * The validation of an address (`endpoint.url_validation`), which comes every 72 hours, is signed too and answered
 * with a MAC of its `plainToken`. `x-zm-trackingid` differs by request, so the digest of the body identifies an
 * event. The body has `event_ts`, the time of the event in milliseconds.
 *
 * Retries come 5, 25 and 85 minutes after the first attempt. No page says whether they are signed again; where they are
 * not, a window of 300 seconds refuses them. If your deliveries show that, use
 * `{ ...zoom, toleranceSeconds: { past: 5400, future: 300 } }`.
 *
 * @see https://github.com/zoom/webhook-sample (read 2026-11-26)
 * @see https://developers.zoom.us/blog/webhook-delays.md (deadline and retries, read 2026-11-26)
 */
export const zoom = definePreset<ZoomEvents>({
  name: 'zoom',
  title: 'Zoom',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-zm-signature', encoding: 'hex', prefix: 'v0=' },
    timestamp: { header: 'x-zm-request-timestamp', unit: 'seconds' },
    signs: [{ text: 'v0:' }, 'timestamp', { text: ':' }, 'body'],
  }),
  eventType: { json: 'event' },
  eventCreatedAt: { json: 'event_ts', unit: 'milliseconds' },
  identity: {
    bytesRepeat: false,
    source: 'https://github.com/zoom/webhook-sample (README, every event has event_ts), read 2026-11-26',
  },
  responseDeadlineSeconds: 3,
  retries: {
    delaysSeconds: [300, 1200, 3600],
    horizonSeconds: 5100,
    note: 'Any status of 200 to 299 ends them.',
  },
  handshakes: handshakes([
    {
      name: 'endpoint.url_validation',
      when: { method: 'POST', json: { event: 'endpoint.url_validation' } },
      signed: true,
      response: {
        body: {
          object: {
            plainToken: { json: 'payload.plainToken' },
            encryptedToken: {
              macOf: { json: 'payload.plainToken' },
              grammar: { characters: 'token', minLength: 1, maxLength: 256 },
              encoding: 'hex',
            },
          },
        },
      },
    },
  ]),
  secretHelp: 'The secret token, used as text.',
  source: {
    title: 'Zoom’s webhook sample, and its changelog on URL validation',
    url: 'https://github.com/zoom/webhook-sample',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unsaid: [
    'The maximum age of a delivery; the preset uses 300 seconds.',
    'Whether a retry is signed again, and whether its body has the same bytes.',
    'An id of the event.',
  ],
});
