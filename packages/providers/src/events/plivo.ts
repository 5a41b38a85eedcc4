/** Plivo’s callbacks have no names. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const plivo = {
  none: 'A callback is a form of a call or a message, and its fields show what happened.',
  always: [],
} as const satisfies SenderEvents;

/** The callbacks of version 2 are those of version 3. */
export const plivoV2 = plivo;

/** The events of Plivo’s package for Node, lib/utils/v3Security.js and lib/utils/security.js, with unknown payloads. */
export interface PlivoEvents extends NamedEvents<typeof plivo> {}

/** The events of Plivo’s package for Node, lib/utils/v3Security.js and lib/utils/security.js, with unknown payloads. */
export interface PlivoV2Events extends NamedEvents<typeof plivoV2> {}
