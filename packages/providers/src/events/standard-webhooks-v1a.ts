/** Standard Webhooks leaves the names of events to each sender. */

import type { EventNames } from './event-names.ts';

export const standardWebhooksV1a = {
  none: 'Each sender that follows Standard Webhooks chooses the names of its events.',
  always: ['id'],
} as const satisfies EventNames;
