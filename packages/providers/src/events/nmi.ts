/** The preset of NMI reads no name. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const nmi = {
  none: 'The preset reads no name, because its place in a delivery was not found.',
  always: [],
} as const satisfies SenderEvents;

/** The events of NMI, with unknown payloads. */
export interface NMIEvents extends NamedEvents<typeof nmi> {}
