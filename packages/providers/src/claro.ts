/** Claro: HMAC-SHA-256 over the raw body in one header, plus custom headers set by the user. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { ClaroEvents } from './events/claro.ts';

export type { ClaroEvents } from './events/claro.ts';

const source = { title: 'Claro documentation (docs.getclaro.ai), page on webhooks', readOn: '2026-11-21' } as const;

/**
 * Claro signs with HMAC-SHA-256 in `X-Webhook-Signature`. Its secrets have at least 16 characters.
 *
 * The documentation leaves the encoding open; the preset assumes hexadecimal, and a receiver warns about it until
 * `acceptAssumptions` is set. If your deliveries show base64:
 * `{ ...claro, scheme: rawBodyHmac({ header: 'x-webhook-signature', encoding: 'base64' }) }`.
 *
 * A webhook at Claro can carry up to ten custom headers. If you set one as a second proof, put it in the receiver's
 * option `requiredHeaders`, which compares it in constant time.
 *
 * The place of an event's type is not known, so `event.type` is undefined until you have looked at a delivery and added
 * it: `{ ...claro, eventType: { json: 'event' } }`, or `{ header: ... }`. The fields of {@link ClaroEvents} are typed
 * at the top of the body; if deliveries wrap them, define the events again.
 *
 * @example
 * const receiver = createReceiver({
 *   provider: claro,
 *   secrets: process.env.CLARO_WEBHOOK_SECRET!,
 *   requiredHeaders: { 'x-claro-key': process.env.CLARO_HEADER_KEY! },
 * });
 */
export const claro = definePreset<ClaroEvents>({
  name: 'claro',
  title: 'Claro',
  // Core counts bytes; for the ASCII secrets that people use this is the page's number of characters.
  scheme: rawBodyHmac({ header: 'x-webhook-signature', encoding: 'hex', secret: { minBytes: 16 } }),
  responseDeadlineSeconds: 30,
  retries: {
    note: 'A failed delivery can be sent again manually, once, through the API. Automatic retries are not described.',
  },
  secretHelp: 'The secret entered for the webhook, at least 16 characters.',
  confidence: 'documented',
  source,
  assumptions: [
    {
      what: 'the signature is the HMAC-SHA-256 of the raw body, in hexadecimal and without a prefix',
      because: 'The documentation names HMAC-SHA256 and the header, but neither the signed bytes nor their encoding.',
    },
  ],
  unsaid: [
    'Which bytes are signed, whether the signature is hexadecimal or base64, and whether it has a prefix.',
    'A timestamp: no signed data shows how old a delivery is.',
    'The places of the event’s type and id, and the body around the fields that the documentation names.',
    'Whether deliveries carry the Idempotency-Key header, which the documentation describes for calls to its API.',
    'Whether and when a failed delivery is retried automatically, and how a secret is replaced.',
  ],
});
