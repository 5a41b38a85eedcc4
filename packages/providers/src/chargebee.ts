/** Chargebee: name and password chosen for the webhook. */

import { sharedToken } from '@countersign/core';
import { definePreset } from '@countersign/core/preset';
import type { ChargebeeEvents } from './events/chargebee.ts';

export type { ChargebeeEvents } from './events/chargebee.ts';

/**
 * Chargebee sends the name and password entered for the webhook as Basic authentication. The secret of the
 * receiver is `name:password`.
 *
 * The token is not bound to the delivery: anyone who has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see https://github.com/chargebee/chargebee-node (README.md, src/resources/webhook/auth.ts and types/resources/Event.d.ts, read 2026-11-26)
 */
export const chargebee = definePreset<ChargebeeEvents>({
  name: 'chargebee',
  title: 'Chargebee',
  scheme: sharedToken({ token: { header: 'authorization', scheme: 'Basic' } }),
  eventId: { json: 'id' },
  eventType: { json: 'event_type' },
  eventCreatedAt: { json: 'occurred_at', unit: 'seconds' },
  responseDeadlineSeconds: 20,
  retries: {
    note: 'Up to seven retries, with delays that grow from two minutes to two days.',
    redirects: {
      count: 'final',
      note: 'The delivery has to be sent again by hand.',
      source: {
        title: 'Chargebee documentation, 301 or 302 redirection error for webhooks URL',
        url: 'https://www.chargebee.com/docs/2.0/site-configuration/articles-and-faq/301-or-302-redirection-error-for-webhooks-url.html',
        readOn: '2026-11-26',
      },
    },
  },
  secretHelp: 'name:password, as you entered them for the webhook.',
  source: {
    title: 'Chargebee’s package for Node, README.md',
    url: 'https://github.com/chargebee/chargebee-node',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: ['The delays between retries and 20 seconds for an answer, read in a third-party guide.'],
});
