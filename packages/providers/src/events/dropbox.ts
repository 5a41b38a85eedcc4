/** Dropbox’s notifications have no names. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const dropbox = {
  none: 'A notification only lists the accounts in which something changed.',
  always: [],
} as const satisfies SenderEvents;

/** The events of Dropbox, with unknown payloads. */
export interface DropboxEvents extends NamedEvents<typeof dropbox> {}
