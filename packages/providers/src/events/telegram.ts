/** Telegram’s updates have no type of their own. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const telegram = {
  none: 'An update has no name; the field that it contains shows what happened.',
  always: ['id'],
} as const satisfies SenderEvents;

/** Telegram's updates, of unknown payload. */
export interface TelegramEvents extends NamedEvents<typeof telegram> {}
