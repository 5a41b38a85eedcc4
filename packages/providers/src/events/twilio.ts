/** Twilio’s webhooks have no name. */

import type { EventNames } from './event-names.ts';

export const twilio = {
  none: 'A delivery names no event; the address that Twilio calls shows what it is about.',
  always: [],
} as const satisfies EventNames;
