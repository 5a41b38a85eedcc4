/** Svix leaves the names of events to each sender. */

import type { EventNames } from './event-names.ts';

export const svix = {
  none: 'Each sender that uses Svix chooses the names of its events.',
  always: ['id'],
} as const satisfies EventNames;
