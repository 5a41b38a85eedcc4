/** NMI: HMAC-SHA-256 over the raw body. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { NMIEvents } from './events/nmi.ts';

export type { NMIEvents } from './events/nmi.ts';

/**
 * NMI, whose application events sign the body in the header `Signature`. That is also the name of a header of RFC 9421,
 * which this is not.
 *
 * Webhooks of the payment gateway (`transaction.sale.success`) are signed in another way, in `Webhook-Signature`, and are
 * refused here.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://docs.nmi.com/reference/subscriptions (read 2026-11-26)
 */
export const nmi = definePreset<NMIEvents>({
  name: 'nmi',
  title: 'NMI',
  scheme: rawBodyHmac({ header: 'signature' }),
  retries: { note: 'At once, after ten seconds, and then with growing delays.' },
  secretHelp: 'The secret of the subscription.',
  source: {
    title: 'NMI documentation, Subscriptions',
    url: 'https://docs.nmi.com/reference/subscriptions',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  assumptions: [
    {
      what: 'the signature is hexadecimal',
      because:
        'The page gives PHP’s hash_hmac, whose result is hexadecimal, and no example. Look at one of your deliveries.',
    },
  ],
  unsaid: ['The places of the event’s id and type.'],
});
