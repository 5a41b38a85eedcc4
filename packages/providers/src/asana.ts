/** Asana: HMAC-SHA-256 over the raw body, with a secret sent in a handshake. */

import { batches, definePreset, handshakes, rawBodyHmac } from '@countersign/core/preset';
import type { AsanaEvents } from './events/asana.ts';

export type { AsanaEvents } from './events/asana.ts';

/**
 * Asana signs the body in `X-Hook-Signature`, in hexadecimal. A delivery has several events, or none: an empty one is
 * sent every eight hours as a heartbeat.
 *
 * The secret is sent once: creating a webhook makes Asana post `X-Hook-Secret` to the URL, to be echoed. That request
 * is not signed and anyone can send one, so the receiver calls `handshakes.accept`: return true only while you are
 * creating a webhook, and store `value` as its secret.
 *
 * Events have no id. Asana delivers at most once by design, and for 24 hours at most.
 *
 * @see https://github.com/Asana/developer-docs (source/includes/markdown/_webhooks.html.md, read 2026-11-26)
 */
export const asana = definePreset<AsanaEvents>({
  name: 'asana',
  title: 'Asana',
  scheme: rawBodyHmac({ header: 'x-hook-signature' }),
  eventType: { json: ['resource.resource_type', 'action'], join: '.' },
  eventCreatedAt: { json: 'created_at', unit: 'iso8601' },
  identity: {
    bytesRepeat: false,
    source: 'https://github.com/Asana/developer-docs/blob/master/defs/asana_oas.yaml (EventResponse, read 2026-11-26)',
    note: 'Each event has the time at which it happened. Only the empty heartbeat is the same every time.',
  },
  ...batches,
  batch: { json: 'events.*' },
  responseDeadlineSeconds: 10,
  retries: {
    horizonSeconds: 86_400,
    note: 'With growing delays for 24 hours, after which the webhook is deleted. Success is 200 or 204.',
  },
  handshakes: handshakes([
    {
      name: 'X-Hook-Secret',
      when: { method: 'POST', header: 'x-hook-secret' },
      signed: false,
      value: { header: 'x-hook-secret' },
      asksApp: true,
      response: { headers: { 'x-hook-secret': { header: 'x-hook-secret' } } },
      note: 'Delivers the secret of the new webhook, once.',
    },
  ]),
  secretHelp: 'The value of X-Hook-Secret in the handshake of each webhook.',
  source: {
    title: 'Asana developer documentation, Webhooks',
    url: 'https://github.com/Asana/developer-docs/blob/master/source/includes/markdown/_webhooks.html.md',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unsaid: ['An id of an event.'],
});
