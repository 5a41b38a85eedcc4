/** Plivo’s callbacks have no names. */

import type { EventNames } from './event-names.ts';

export const plivo = {
  none: 'A callback is a form of a call or a message, and its fields show what happened.',
  always: [],
} as const satisfies EventNames;

/** The callbacks of version 2 are those of version 3. */
export const plivoV2 = plivo;
