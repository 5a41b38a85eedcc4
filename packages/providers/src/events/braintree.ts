/** Braintree names the kind of a notification in its XML. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const braintree = {
  none: 'The kind of a notification is in its XML, which the preset does not read.',
  always: [],
} as const satisfies SenderEvents;

/** The events of Braintree, with unknown payloads. */
export interface BraintreeEvents extends NamedEvents<typeof braintree> {}
