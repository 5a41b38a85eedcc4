/** Xendit: a verification token repeated in a header. */

import { sharedToken } from '@countersign/core';
import { definePreset } from '@countersign/core/preset';
import type { XenditEvents } from './events/xendit.ts';

export type { XenditEvents } from './events/xendit.ts';

/**
 * Xendit repeats a verification token in `x-callback-token`.
 *
 * `event.type` is the field `event` (`ewallet.capture`), and undefined for a product that sends none. Xendit does not try
 * again after a timeout of 30 seconds, only after a failed answer: answer first and work later.
 *
 * The token is not bound to the delivery: anyone who has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see https://docs.xendit.co/webhook/delivery-attempts-and-retries (read 2026-11-26)
 * @see https://docs.xendit.co/api-integration/callback/setup (the token, the deadline, the body; read 2026-11-26)
 */
export const xendit = definePreset<XenditEvents>({
  name: 'xendit',
  title: 'Xendit',
  scheme: sharedToken({ token: { header: 'x-callback-token' } }),
  eventId: { header: 'webhook-id' },
  eventType: { json: 'event' },
  responseDeadlineSeconds: 30,
  retries: {
    delaysSeconds: [900, 2700, 7200, 10_800, 21_600, 43_200],
    horizonSeconds: 86_400,
    note: 'Not after a timeout; those are sent again manually. Automatic retries can be switched off.',
  },
  secretHelp: 'The webhook verification token of the account, from the webhook settings of the dashboard.',
  wrongSecrets: { xnd_development_: 'an API key', xnd_production_: 'an API key' },
  source: {
    title: 'Xendit documentation, Delivery attempts and retries, Getting started',
    url: 'https://docs.xendit.co/webhook/delivery-attempts-and-retries',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unverified: ['The header with the id, which only public code names.'],
});
