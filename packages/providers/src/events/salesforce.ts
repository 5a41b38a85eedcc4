/** Salesforce’s outbound messages have no name. */

import type { EventNames } from './event-names.ts';

export const salesforce = {
  none: 'An outbound message holds records in XML and names no event.',
  always: [],
} as const satisfies EventNames;
