/** Convoy passes on the events of its operator. */

import type { EventNames } from './event-names.ts';

export const convoy = {
  none: 'The operator’s app chooses the names of its events.',
  always: [],
} as const satisfies EventNames;
