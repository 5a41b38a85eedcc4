/** Yousign: HMAC-SHA-256 over the raw body. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { YousignEvents } from './events/yousign.ts';

export type { YousignEvents } from './events/yousign.ts';

/**
 * Yousign signs the body in `X-Yousign-Signature-256: sha256=...`, in hexadecimal.
 *
 * No time of sending is signed (`X-Yousign-Issued-At` is not), so a captured delivery can be sent again at any time; a
 * dedupe store stops it.
 *
 * @see https://developers.yousign.com/docs/webhook-messages (read 2026-11-26)
 * @see https://developers.yousign.com/docs/failure-and-retry-policy (read 2026-11-26)
 * @see https://developers.yousign.com/docs/security (read 2026-11-20)
 */
export const yousign = definePreset<YousignEvents>({
  name: 'yousign',
  title: 'Yousign',
  scheme: rawBodyHmac({ header: 'x-yousign-signature-256', prefix: 'sha256=' }),
  eventId: { json: 'event_id' },
  eventType: { json: 'event_name' },
  eventCreatedAt: { json: 'event_time', unit: 'seconds' },
  retries: {
    delaysSeconds: [120, 360, 1800, 3600, 18_000, 64_800, 86_400, 172_800],
    horizonSeconds: 347_880,
    note: 'With auto_retry off, one retry after a timeout.',
    redirects: {
      count: 'success',
      source: {
        title: 'Yousign documentation, Failure & retry policy',
        url: 'https://developers.yousign.com/docs/failure-and-retry-policy',
        readOn: '2026-11-26',
      },
    },
  },
  secretHelp: '`secret_key` of the webhook subscription.',
  source: {
    title: 'Yousign documentation, Webhook messages, Failure & retry policy, Security',
    url: 'https://developers.yousign.com/docs/webhook-messages',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unsaid: ['Whether event_id stays in a retry, as event_time is said to do.'],
});
