/** Auth0’s event streams: a bearer token. */

import { sharedToken } from '@countersign/core';
import { definePreset } from '@countersign/core/preset';
import type { Auth0Events } from './events/auth0.ts';

export type { Auth0Events } from './events/auth0.ts';

/**
 * Auth0’s event streams, which send a bearer token in `Authorization`. A stream can be set to Basic instead, and a
 * log stream sends free text: give the scheme again, `sharedToken({ token: { header: "authorization", scheme: "Basic"
 * } })` or without a scheme.
 *
 * The token is not bound to the delivery: anyone who has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see https://github.com/auth0/docs-v2 (main/docs/customize/events, read 2026-11-26)
 */
export const auth0 = definePreset<Auth0Events>({
  name: 'auth0',
  title: 'Auth0',
  scheme: sharedToken({ token: { header: 'authorization', scheme: 'Bearer' } }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'time', unit: 'iso8601' },
  retries: {
    delaysSeconds: [1, 2, 4],
    horizonSeconds: 7,
    finalOn: ['4xx'],
    note: 'Four attempts; an answer of 4xx ends them at once.',
  },
  secretHelp: 'The token entered for the stream.',
  source: {
    title: 'Auth0 documentation, Create an event stream and Events best practices',
    url: 'https://github.com/auth0/docs-v2/blob/main/main/docs/customize/events/create-an-event-stream.mdx',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unsaid: ['How long the sender waits for a response.'],
});
