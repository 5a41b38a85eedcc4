/** Messages of Google Cloud Pub/Sub have no names. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const googlePubsub = {
  none: 'A message has no name; the publisher may add attributes of its own.',
  always: [],
} as const satisfies SenderEvents;

/** The events of Google Cloud Pub/Sub, with unknown payloads. */
export interface GooglePubsubEvents extends NamedEvents<typeof googlePubsub> {}
