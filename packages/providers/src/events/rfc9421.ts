/** The standard of HTTP message signatures names no events. */

import type { EventNames } from './event-names.ts';

export const rfc9421 = {
  none: 'The standard says how a message is signed and nothing of its events.',
  always: [],
} as const satisfies EventNames;
