/** Event names of Typeform. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const typeform = {
  source: {
    title:
      'Typeform documentation, Create or update webhook (partial); public payloads and guides, which agree (the other)',
    url: 'https://typeform.com/developers/webhooks/reference/create-or-update-webhook',
    readOn: '2026-11-27',
  },
  names: ['form_response', 'form_response_partial'],
  always: [],
} as const satisfies SenderEvents;

/** The events of Typeform, with unknown payloads. */
export interface TypeformEvents extends NamedEvents<typeof typeform> {}
