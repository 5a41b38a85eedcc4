/** Chargebee: name and password chosen for the webhook. */

import { defineProvider, sharedToken } from '@countersign/core';

/**
 * Chargebee, which sends the name and password entered for the webhook as Basic authentication. The secret of the
 * receiver is `name:password`.
 *
 * Nothing of a delivery is bound to the token: whoever has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see https://github.com/chargebee/chargebee-node (README.md, read 2026-11-20)
 */
export const chargebee = defineProvider({
  name: 'chargebee',
  title: 'Chargebee',
  scheme: sharedToken({ token: { header: 'authorization', scheme: 'Basic' } }),
  eventId: { json: 'id' },
  eventType: { json: 'event_type' },
  secretHelp: 'name:password, as you entered them for the webhook.',
  source: {
    title: 'Chargebee’s package for Node, README.md',
    url: 'https://github.com/chargebee/chargebee-node',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
});
