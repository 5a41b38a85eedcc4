/** Braintree names the kind of a notification in its XML. */

import type { EventNames } from './event-names.ts';

export const braintree = {
  none: 'The kind of a notification is in its XML, which the preset does not read.',
  always: [],
} as const satisfies EventNames;
