/** Constant Contact names its events in the body, where the preset does not look. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const constantContact = {
  none: 'The body names the event in event_type, which the preset does not read.',
  always: [],
} as const satisfies SenderEvents;

/** The events of Constant Contact, with unknown payloads. */
export interface ConstantContactEvents extends NamedEvents<typeof constantContact> {}
