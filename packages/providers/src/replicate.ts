/** Replicate: Standard Webhooks. */

import { definePreset, standardWebhooksHmac } from '@countersign/core/preset';
import type { ReplicateEvents } from './events/replicate.ts';

export type { ReplicateEvents } from './events/replicate.ts';

/**
 * Replicate signs as Standard Webhooks says: `{id}.{timestamp}.{body}` in `webhook-signature: v1,...`. The
 * body is the prediction; there is no type. Its `created_at` is the same in all of its webhooks, so it gives no order;
 * once `status` is `succeeded`, `failed` or `canceled`, nothing newer follows.
 *
 * @see https://replicate.com/docs/topics/webhooks/verify-webhook (read 2026-11-20)
 * @see https://replicate.com/docs/topics/webhooks/receive-webhook (body and retries, read 2026-11-26)
 */
export const replicate = definePreset<ReplicateEvents>({
  name: 'replicate',
  title: 'Replicate',
  scheme: standardWebhooksHmac(),
  toleranceSeconds: 300,
  retries: {
    horizonSeconds: 60,
    note: 'Only the final webhook of a prediction, several times with growing delays, the last about a minute after its end; others are not retried.',
  },
  secretHelp: 'The default signing secret, fetched from the API: whsec_ and the key in base64.',
  wrongSecrets: { r8_: 'an API token' },
  rotation: 'Several signatures in one header, separated by spaces; one match is enough.',
  source: {
    title: 'Replicate documentation, Verify incoming webhooks',
    url: 'https://replicate.com/docs/topics/webhooks/verify-webhook',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unsaid: ['How many seconds the sender waits for a response; the page asks for a 2xx within a few.'],
});
