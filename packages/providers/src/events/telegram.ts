/** Telegram’s updates have no type of their own. */

import type { EventNames } from './event-names.ts';

export const telegram = {
  none: 'An update has no name; the field that it contains shows what happened.',
  always: ['id'],
} as const satisfies EventNames;
