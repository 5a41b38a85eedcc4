/** Cal.com: HMAC-SHA-256 over the raw body. */

import { definePreset, forms, rawBodyHmac } from '@countersign/core/preset';
import type { CalcomEvents } from './events/calcom.ts';

export type { CalcomBooking, CalcomEvents, CalcomPayload, CalcomPerson } from './events/calcom.ts';

/**
 * Cal.com signs the body in `X-Cal-Signature-256`, in hexadecimal.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * A webhook without a secret sends `no-secret-provided` as its signature and is refused.
 *
 * @see https://github.com/calcom/cal.com (packages/features/webhooks/lib/sendPayload.ts, read 2026-11-26)
 */
export const calcom = definePreset<CalcomEvents>({
  name: 'calcom',
  title: 'Cal.com',
  scheme: rawBodyHmac({ header: 'x-cal-signature-256' }),
  eventType: { json: 'triggerEvent' },
  eventCreatedAt: { json: 'createdAt', unit: 'iso8601' },
  identity: {
    bytesRepeat: false,
    source:
      'https://github.com/calcom/cal.com/blob/main/packages/features/webhooks/lib/sendPayload.ts (read 2026-11-26)',
    note: "The usual body has createdAt in milliseconds. With your own payload template the body is the template's output: put {{createdAt}} and {{triggerEvent}} in it, or equal events count as one.",
  },
  ...forms,
  payload: 'json_or_form',
  secretHelp: 'The secret entered for the webhook, used as text.',
  wrongSecrets: { cal_: 'an API key' },
  source: {
    title: 'Cal.com’s own code, packages/features/webhooks/lib/sendPayload.ts',
    url: 'https://github.com/calcom/cal.com/blob/main/packages/features/webhooks/lib/sendPayload.ts',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unsaid: ['An id of the event.', 'How deliveries are retried, and how long the sender waits for a response.'],
});
