/** The preset of Iron reads no name. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const iron = {
  none: 'The preset reads no name; the body has one in type.',
  always: [],
} as const satisfies SenderEvents;

/** The events of Iron, with unknown payloads. */
export interface IronEvents extends NamedEvents<typeof iron> {}
