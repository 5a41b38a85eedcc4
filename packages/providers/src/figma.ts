/** Figma: a passcode inside the body. */

import { defineProvider, sharedToken } from '@countersign/core';

/**
 * Figma, which repeats the passcode of the webhook inside every body; it stands in your logs wherever bodies do.
 * `webhook_id` is that of the subscription, so the digest of the body identifies an event. The first event is `PING`
 * and needs no more than a successful answer.
 *
 * Nothing of a delivery is bound to the token: whoever has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see https://github.com/figma/rest-api-spec/blob/main/openapi/openapi.yaml (REST API specification, read
 * 2026-11-20)
 */
export const figma = defineProvider({
  name: 'figma',
  title: 'Figma',
  scheme: sharedToken({ token: { json: 'passcode' } }),
  eventType: { json: 'event_type' },
  eventCreatedAt: { json: 'timestamp', unit: 'iso8601' },
  retries: { note: 'Three times with growing delays.' },
  secretHelp: 'The passcode given when the webhook was made.',
  source: {
    title: 'Figma, REST API specification',
    url: 'https://github.com/figma/rest-api-spec/blob/main/openapi/openapi.yaml',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
});
