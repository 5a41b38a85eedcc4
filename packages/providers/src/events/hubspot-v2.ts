/** HubSpot’s calls of version 2 have no names. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const hubspotV2 = {
  none: 'The calls of workflows and custom cards carry a record and no name of an event.',
  always: [],
} as const satisfies SenderEvents;

/** The events of HubSpot (version 2), with unknown payloads. */
export interface HubSpotV2Events extends NamedEvents<typeof hubspotV2> {}
