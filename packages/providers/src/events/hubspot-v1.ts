/** The events of version 1 are those of version 3. */

import { hubspotV3 } from './hubspot-v3.ts';

export const hubspotV1 = hubspotV3;
