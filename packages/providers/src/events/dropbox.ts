/** Dropbox’s notifications have no names. */

import type { EventNames } from './event-names.ts';

export const dropbox = {
  none: 'A notification only lists the accounts in which something changed.',
  always: [],
} as const satisfies EventNames;
