/** Airtable’s notifications have no names. */

import type { EventNames } from './event-names.ts';

export const airtable = {
  none: 'A notification is only a ping; it does not say what changed.',
  always: [],
} as const satisfies EventNames;
