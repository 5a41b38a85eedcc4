/** Iron: HMAC-SHA-256 over timestamp and body, in the headers of Standard Webhooks. */

import { definePreset, hmac } from '@countersign/core/preset';
import type { IronEvents } from './events/iron.ts';

export type { IronEvents } from './events/iron.ts';

/**
 * Iron uses the headers of Standard Webhooks with a different scheme: `webhook-signature: v1=<hex>` over
 * `{timestamp}{body}`. The header `webhook-id` is not signed and is new in each attempt, so the digest of the body
 * identifies an event.
 *
 * @see
 *   https://docs.iron.xyz/reference-2026-07-01/webhooks/dispatches-an-event-notification-to-a-configured-webhook-endpoint
 *   (read 2026-11-20; the page of the sandbox on 2026-11-26)
 */
export const iron = definePreset<IronEvents>({
  name: 'iron',
  title: 'Iron',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'webhook-signature', encoding: 'hex', prefix: 'v1=' },
    timestamp: { header: 'webhook-timestamp', unit: 'seconds' },
    signs: ['timestamp', 'body'],
  }),
  identity: {
    idKept: false,
    source:
      'https://docs.iron.xyz/reference-sandbox/webhooks/dispatches-an-event-notification-to-a-configured-webhook-endpoint (webhook-id names one attempt); read 2026-11-26',
  },
  secretHelp: 'The secret of the webhook, used as text.',
  source: {
    title: 'Iron documentation, Event notifications',
    url: 'https://docs.iron.xyz/reference-2026-07-01/webhooks/dispatches-an-event-notification-to-a-configured-webhook-endpoint',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unsaid: ['The maximum age of a delivery; the preset uses 300 seconds.', 'The places of the event’s id and type.'],
});
