/** The standard of HTTP message signatures names no events. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const rfc9421 = {
  none: 'The standard says how a message is signed and nothing of its events.',
  always: [],
} as const satisfies SenderEvents;

/** The events of HTTP Message Signatures (RFC 9421), with unknown payloads. */
export interface Rfc9421Events extends NamedEvents<typeof rfc9421> {}
