/** TrueLayer: a detached JWS over method, path, some headers and the body. */

import { type Delivery, defineProvider, UnverifiedDelivery, WebhookError } from '@countersign/core';
import { detachedJws } from '@countersign/core/jwt';

const timestampHeader = 'x-tl-webhook-timestamp';

/**
 * TrueLayer, which signs method, path, the headers that `tl_headers` lists, and the body with ES512, as a detached JWS in
 * `Tl-Signature`. The list has to name the timestamp, or the request is refused.
 *
 * The address of the keys in the JWS (`jku`) is never followed; a JWS that names another one than TrueLayer's is refused.
 * A slash at the end of the path may be there or not.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: truelayer,
 *   keys: { url: 'https://webhooks.truelayer.com/.well-known/jwks' },
 * });
 *
 * @see https://github.com/TrueLayer/truelayer-signing (request-signing-v2.md, read 2026-11-20)
 */
export const truelayer = defineProvider<object, 'keys'>({
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
  eventType: { json: 'event_type' },
  secretHelp: 'The JWK Set at https://webhooks.truelayer.com/.well-known/jwks.',
  source: {
    title: 'TrueLayer, request-signing-v2.md',
    url: 'https://github.com/TrueLayer/truelayer-signing/blob/main/request-signing-v2.md',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unsaid: ['How old a delivery may be; the preset takes 300 seconds.'],
});

/** The signed text, for the path as it is and with the slash at its end put on or taken off. */
function signedRequests(delivery: Delivery, jose: Readonly<Record<string, unknown>>) {
  const { method = 'POST', url = '/', body } = delivery;
  const head = new UnverifiedDelivery(delivery);
  const refuse = () => new WebhookError('token_invalid', { at: 'tl-signature tl_headers' });
  if (typeof jose.tl_headers !== 'string') throw refuse();
  const names = jose.tl_headers.split(',').map((name) => name.trim());
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
