/** The events of version 1 are those of version 3. */

import { hubspotV3 } from './hubspot-v3.ts';
import type { NamedEvents } from './sender-events.ts';

export const hubspotV1 = hubspotV3;

/** The events of HubSpot (version 1), with unknown payloads. */
export interface HubSpotV1Events extends NamedEvents<typeof hubspotV1> {}
