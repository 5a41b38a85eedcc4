/** Twilio’s webhooks have no name. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const twilio = {
  none: 'A delivery names no event; the address that Twilio calls shows what it is about.',
  always: [],
} as const satisfies SenderEvents;

/** The events of Twilio, with unknown payloads. */
export interface TwilioEvents extends NamedEvents<typeof twilio> {}
