/** Modern Treasury’s list of topics was not read. */

import type { EventNames } from './event-names.ts';

export const modernTreasury = {
  none: 'The list could not be read from a source of the sender.',
  always: [],
} as const satisfies EventNames;
