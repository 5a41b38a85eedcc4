/** The preset of MessageBird reads no name. */

import type { EventNames } from './event-names.ts';

export const messagebird = {
  none: 'Several products sign their webhooks in this way, and they share no place for a name.',
  always: [],
} as const satisfies EventNames;
