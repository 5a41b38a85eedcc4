/** Emailit v2: HMAC-SHA-256 over timestamp and body. */

import { batches, definePreset, hmac } from '@countersign/core/preset';
import type { EmailitEvents } from './events/emailit.ts';

export type { EmailitEvents } from './events/emailit.ts';

/**
 * Emailit signs `{timestamp}.{body}` in `X-Emailit-Signature`. The secret is used whole, with its `whsec_`.
 *
 * One delivery is an array of up to 100 events; each is handled separately. A failure repeats the whole array, with a new
 * timestamp and signature.
 *
 * @see https://emailit.com/docs/webhooks/webhook-requests/ (read 2026-11-26)
 * @see https://emailit.com/docs/webhooks/request-signature/ (read 2026-11-26)
 * @see https://emailit.com/docs/webhooks/retries-and-failures/ (read 2026-11-26)
 */
export const emailit = definePreset<EmailitEvents>({
  name: 'emailit',
  title: 'Emailit',
  scheme: hmac({
    hash: 'SHA-256',
    signature: { header: 'x-emailit-signature', encoding: 'hex' },
    timestamp: { header: 'x-emailit-timestamp', unit: 'seconds' },
    signs: ['timestamp', { text: '.' }, 'body'],
  }),
  eventId: { json: 'event_id' },
  eventType: { json: 'type' },
  ...batches,
  batch: { json: '*' },
  toleranceSeconds: 300,
  responseDeadlineSeconds: 30,
  retries: {
    delaysSeconds: [300, 1800, 7200, 18_000, 43_200, 43_200, 43_200, 43_200, 43_200, 43_200],
    horizonSeconds: 286_500,
    resigns: true,
    note: 'Eleven attempts in a little over three days, then the webhook is disabled.',
    redirects: {
      count: 'failure',
      source: {
        title: 'Emailit documentation, Retries and failures',
        url: 'https://emailit.com/docs/webhooks/retries-and-failures/',
        readOn: '2026-11-26',
      },
    },
  },
  secretHelp: 'The secret of the webhook: whsec_ and 64 hexadecimal digits, used whole as text.',
  source: {
    title: 'Emailit documentation, Webhook requests',
    url: 'https://emailit.com/docs/webhooks/webhook-requests/',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unverified: ['The names event_id and type of an event, which were read in an older version of the page.'],
});
