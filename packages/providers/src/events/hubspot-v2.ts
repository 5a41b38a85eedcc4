/** HubSpot’s calls of version 2 have no names. */

import type { EventNames } from './event-names.ts';

export const hubspotV2 = {
  none: 'The calls of workflows and custom cards carry a record and no name of an event.',
  always: [],
} as const satisfies EventNames;
