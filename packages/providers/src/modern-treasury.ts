/** Modern Treasury: HMAC-SHA-256 over the raw body. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { ModernTreasuryEvents } from './events/modern-treasury.ts';

export type { ModernTreasuryEvents } from './events/modern-treasury.ts';

/**
 * Modern Treasury signs the body in `X-Signature`, in hexadecimal. The topic is in an unsigned header.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/Modern-Treasury/modern-treasury-node (src/resources/webhooks.ts, read 2026-11-26)
 */
export const modernTreasury = definePreset<ModernTreasuryEvents>({
  name: 'modern-treasury',
  title: 'Modern Treasury',
  scheme: rawBodyHmac({ header: 'x-signature' }),
  eventType: { header: 'x-topic' },
  secretHelp: 'The webhook key from the developer settings, used as text.',
  source: {
    title: 'Modern Treasury’s package for Node, src/resources/webhooks.ts',
    url: 'https://github.com/Modern-Treasury/modern-treasury-node',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: ['The header with the topic.'],
  unsaid: ['An id of the event.', 'How deliveries are retried.'],
});
