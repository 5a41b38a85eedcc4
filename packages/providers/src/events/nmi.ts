/** The preset of NMI reads no name. */

import type { EventNames } from './event-names.ts';

export const nmi = {
  none: 'The preset reads no name, because its place in a delivery was not found.',
  always: [],
} as const satisfies EventNames;
