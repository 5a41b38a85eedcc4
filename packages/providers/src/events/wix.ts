/** Event names of Wix. */

import type { EventNames } from './event-names.ts';

export const wix = {
  none: 'Wix describes the events of each of its apps apart; no list of all could be read.',
  always: [],
} as const satisfies EventNames;
