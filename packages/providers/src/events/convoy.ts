/** Convoy passes on the events of its operator. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const convoy = {
  none: 'The operator’s app chooses the names of its events.',
  always: [],
} as const satisfies SenderEvents;

/** The events of Convoy, with unknown payloads. */
export interface ConvoyEvents extends NamedEvents<typeof convoy> {}
