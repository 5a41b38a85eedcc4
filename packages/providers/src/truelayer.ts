/** TrueLayer: a detached JWS over method, path, some headers and the body. */

import { type Delivery, UnverifiedDelivery, WebhookError } from '@countersign/core';
import { detachedJws } from '@countersign/core/jwt';
import { definePreset } from '@countersign/core/preset';
import type { TrueLayerEvents } from './events/truelayer.ts';

export type { TrueLayerEvents } from './events/truelayer.ts';

const timestampHeader = 'x-tl-webhook-timestamp';
/**
 * Maximum number of headers that a signature may list: each is copied into the signed text before anything is verified.
 */
const maxHeaders = 32;

/**
 * TrueLayer signs method, path, the headers that `tl_headers` lists, and the body with ES512, as a detached JWS in
 * `Tl-Signature`. The list has to name the timestamp, or the request is refused.
 *
 * The address of the keys in the JWS (`jku`) is never followed; a JWS that names another one than TrueLayer's is refused.
 * A slash at the end of the path may be there or not.
 *
 * `event.type` is that of the Payments API v3. PayDirect and Payments v2 name it `event_type`: use
 * `{ ...truelayer, eventType: { json: 'event_type' } }` there.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: truelayer,
 *   keys: { url: 'https://webhooks.truelayer.com/.well-known/jwks' },
 * });
 *
 * @see https://github.com/TrueLayer/truelayer-signing (request-signing-v2.md, read 2026-11-26)
 * @see https://docs.truelayer.com/docs/payment-webhooks (the body, read 2026-11-26)
 * @see https://docs.truelayer.com/docs/webhook-notifications (retries, read 2026-11-26)
 */
export const truelayer = definePreset<TrueLayerEvents, 'keys'>({
  name: 'truelayer',
  title: 'TrueLayer',
  scheme: detachedJws({
    header: 'tl-signature',
    algorithms: ['ES512'],
    requires: { tl_version: '2', jku: 'https://webhooks.truelayer.com/.well-known/jwks' },
    timestamp: { header: timestampHeader, unit: 'iso8601' },
    payloads: {
      name: 'method, path, listed headers and body',
      sends: { tl_headers: 'X-Tl-Webhook-Timestamp' },
      compute: signedRequests,
    },
  }),
  eventId: { json: 'event_id' },
  eventType: { json: 'type' },
  retries: {
    horizonSeconds: 259_200,
    note: 'A few immediately, then with growing and varying pauses for up to 72 hours.',
  },
  secretHelp: 'The JWK Set at https://webhooks.truelayer.com/.well-known/jwks.',
  source: {
    title: 'TrueLayer, request-signing-v2.md',
    url: 'https://github.com/TrueLayer/truelayer-signing/blob/main/request-signing-v2.md',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unsaid: [
    'The maximum age of a delivery; the preset uses 300 seconds.',
    'Whether a retry has a new timestamp. The page calls it the time at which the webhook was sent.',
  ],
});

/** The signed text, for the path as received and with its trailing slash added or removed. */
function signedRequests(delivery: Delivery, jose: Readonly<Record<string, unknown>>) {
  const { method = 'POST', url = '/', body } = delivery;
  const head = new UnverifiedDelivery(delivery);
  const refuse = () => new WebhookError('token_invalid', { at: 'tl-signature tl_headers' });
  if (typeof jose.tl_headers !== 'string') throw refuse();
  const names = jose.tl_headers.split(',', maxHeaders + 1).map((name) => name.trim());
  const isRepeated = new Set(names.map((name) => name.toLowerCase())).size < names.length;
  if (names.length > maxHeaders || isRepeated) throw refuse();
  if (!names.some((name) => name.toLowerCase() === timestampHeader)) throw refuse();
  const lines = names.map((name) => {
    const value = head.header(name);
    if (value === undefined) throw new WebhookError('header_missing', { at: name.toLowerCase() });
    return `${name}: ${value}\n`;
  });
  const [path = ''] = url.replace(/^https?:\/\/[^/?#]*/, '').split(/[?#]/, 1);
  const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
  return [path, other].map((one) => [`${method.toUpperCase()} ${one}\n${lines.join('')}`, body]);
}
