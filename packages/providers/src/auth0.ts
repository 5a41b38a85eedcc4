/** Auth0’s event streams: a bearer token. */

import { defineProvider, sharedToken } from '@countersign/core';

/**
 * Auth0’s event streams, which send a bearer token in `Authorization`. A stream can be set to Basic instead, and a
 * log stream sends free text: give the scheme anew, `sharedToken({ token: { header: "authorization", scheme: "Basic"
 * } })` or without a scheme.
 *
 * Nothing of a delivery is bound to the token: whoever has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see https://github.com/auth0/docs-v2 (Create an event stream, read 2026-11-20)
 */
export const auth0 = defineProvider({
  name: 'auth0',
  title: 'Auth0',
  scheme: sharedToken({ token: { header: 'authorization', scheme: 'Bearer' } }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  retries: { delaysSeconds: [1, 2, 4], horizonSeconds: 7, note: 'Four attempts; an answer of 4xx ends them at once.' },
  secretHelp: 'The token entered for the stream.',
  source: {
    title: 'Auth0 documentation, Create an event stream',
    url: 'https://github.com/auth0/docs-v2',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unverified: ['The place of the type.'],
});
