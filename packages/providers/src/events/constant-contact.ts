/** Constant Contact names its events in the body, where the preset does not look. */

import type { EventNames } from './event-names.ts';

export const constantContact = {
  none: 'The body names the event in event_type, which the preset does not read.',
  always: [],
} as const satisfies EventNames;
