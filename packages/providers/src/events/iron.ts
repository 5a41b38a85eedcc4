/** The preset of Iron reads no name. */

import type { EventNames } from './event-names.ts';

export const iron = {
  none: 'The preset reads no name; the body has one in type.',
  always: [],
} as const satisfies EventNames;
