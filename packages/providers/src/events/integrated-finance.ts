/** Integrated Finance’s list of events was not read. */

import type { EventNames } from './event-names.ts';

export const integratedFinance = {
  none: 'The list could not be read from a source of the sender.',
  always: ['id'],
} as const satisfies EventNames;
