/** Replicate’s webhooks have no name. */

import type { EventNames } from './event-names.ts';

export const replicate = {
  none: 'A webhook is the prediction, which has no type; its status shows what happened.',
  always: ['id'],
} as const satisfies EventNames;
