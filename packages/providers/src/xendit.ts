/** Xendit: a verification token repeated in a header. */

import { defineProvider, sharedToken } from '@countersign/core';

/**
 * Xendit, which repeats a verification token in `x-callback-token`. The facts are from memory, none was read on a
 * page: confirm them by a real delivery.
 *
 * Nothing of a delivery is bound to the token: whoever has seen one can send others with any content.
 * `event.signed.body` is false.
 */
export const xendit = defineProvider({
  name: 'xendit',
  title: 'Xendit',
  scheme: sharedToken({ token: { header: 'x-callback-token' } }),
  eventId: { header: 'webhook-id' },
  secretHelp: 'The verification token.',
  source: { title: 'From memory; no page was read', readOn: '2026-11-20' },
  confidence: 'unconfirmed',
  unverified: ['All of it.'],
  assumptions: [
    {
      what: 'the token stands in x-callback-token',
      because: 'No page of Xendit was read; the header is known from memory alone.',
    },
  ],
  unsaid: ['Where the type stands.'],
});
