/** Event names of Wix. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const wix = {
  none: 'Wix describes the events of each of its apps apart; no list of all could be read.',
  always: [],
} as const satisfies SenderEvents;

/** The events of Wix, with unknown payloads. */
export interface WixEvents extends NamedEvents<typeof wix> {}
