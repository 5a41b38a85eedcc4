/** Replicate’s webhooks have no name. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const replicate = {
  none: 'A webhook is the prediction, which has no type; its status shows what happened.',
  always: ['id'],
} as const satisfies SenderEvents;

/** The events of Replicate, with unknown payloads. */
export interface ReplicateEvents extends NamedEvents<typeof replicate> {}
