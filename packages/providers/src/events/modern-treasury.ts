/** Modern Treasury’s list of topics was not read. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const modernTreasury = {
  none: 'The list could not be read from a source of the sender.',
  always: [],
} as const satisfies SenderEvents;

/** The events of Modern Treasury, with unknown payloads. */
export interface ModernTreasuryEvents extends NamedEvents<typeof modernTreasury> {}
