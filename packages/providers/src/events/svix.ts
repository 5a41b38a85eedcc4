/** Svix leaves the names of events to each sender. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const svix = {
  none: 'Each sender that uses Svix chooses the names of its events.',
  always: ['id'],
} as const satisfies SenderEvents;

/** The events of Svix, with unknown payloads. */
export interface SvixEvents extends NamedEvents<typeof svix> {}
