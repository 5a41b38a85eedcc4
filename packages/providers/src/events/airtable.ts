/** Airtable’s notifications have no names. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const airtable = {
  none: 'A notification is only a ping; it does not say what changed.',
  always: [],
} as const satisfies SenderEvents;

/** The events of Airtable, with unknown payloads. */
export interface AirtableEvents extends NamedEvents<typeof airtable> {}
