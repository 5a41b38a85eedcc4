/** The preset of MessageBird reads no name. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const messagebird = {
  none: 'Several products sign their webhooks in this way, and they share no place for a name.',
  always: [],
} as const satisfies SenderEvents;

/** The events of MessageBird, with unknown payloads. */
export interface MessageBirdEvents extends NamedEvents<typeof messagebird> {}
