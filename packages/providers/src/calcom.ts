/** Cal.com: HMAC-SHA-256 over the raw body. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * Cal.com, which signs the body in `X-Cal-Signature-256`, in hexadecimal.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/calcom/docs (Webhooks, read 2026-11-20)
 */
export const calcom = defineProvider({
  name: 'calcom',
  title: 'Cal.com',
  scheme: rawBodyHmac({ header: 'x-cal-signature-256' }),
  eventType: { json: 'triggerEvent' },
  secretHelp: 'The secret entered for the webhook, used as text.',
  source: { title: 'Cal.com documentation, Webhooks', url: 'https://github.com/calcom/docs', readOn: '2026-11-20' },
  confidence: 'documented',
  unverified: ['The place of the event’s type.'],
  assumptions: [
    {
      what: 'the signature is hexadecimal',
      because: 'The encoding was not confirmed on the page. Look at one of your deliveries.',
    },
  ],
  unsaid: ['An id of the event.'],
});
