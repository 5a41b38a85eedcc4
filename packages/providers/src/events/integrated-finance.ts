/** Integrated Finance’s list of events was not read. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const integratedFinance = {
  none: 'The list could not be read from a source of the sender.',
  always: ['id'],
} as const satisfies SenderEvents;

/** The events of Integrated Finance, with unknown payloads. */
export interface IntegratedFinanceEvents extends NamedEvents<typeof integratedFinance> {}
