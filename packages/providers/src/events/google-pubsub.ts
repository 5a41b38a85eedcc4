/** Messages of Google Cloud Pub/Sub have no names. */

import type { EventNames } from './event-names.ts';

export const googlePubsub = {
  none: 'A message has no name; the publisher may add attributes of its own.',
  always: [],
} as const satisfies EventNames;
