/** Salesforce’s outbound messages have no name. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const salesforce = {
  none: 'An outbound message holds records in XML and names no event.',
  always: [],
} as const satisfies SenderEvents;

/** The events of Salesforce outbound messages, with unknown payloads. */
export interface SalesforceEvents extends NamedEvents<typeof salesforce> {}
