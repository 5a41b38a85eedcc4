/** Figma: a passcode inside the body. */

import { sharedToken } from '@countersign/core';
import { definePreset } from '@countersign/core/preset';
import type { FigmaEvents } from './events/figma.ts';

export type { FigmaEvents } from './events/figma.ts';

/**
 * Figma repeats the passcode of the webhook inside every body, so it is in your logs if bodies are.
 * `webhook_id` is the subscription's, so the digest of the body identifies an event. The first event is `PING` and
 * needs only a successful response.
 *
 * The token is not bound to the delivery: anyone who has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see https://github.com/figma/rest-api-spec/blob/main/openapi/openapi.yaml (REST API specification, read 2026-11-26)
 */
export const figma = definePreset<FigmaEvents>({
  name: 'figma',
  title: 'Figma',
  scheme: sharedToken({ token: { json: 'passcode' } }),
  eventType: { json: 'event_type' },
  eventCreatedAt: { json: 'timestamp', unit: 'iso8601' },
  identity: {
    bytesRepeat: false,
    source: 'https://github.com/figma/rest-api-spec, openapi/openapi.yaml (timestamp in every body); read 2026-11-26',
  },
  retries: { note: 'Three times with growing delays.' },
  secretHelp: 'The passcode given when the webhook was created.',
  wrongSecrets: { figd_: 'a personal access token' },
  source: {
    title: 'Figma, REST API specification',
    url: 'https://github.com/figma/rest-api-spec/blob/main/openapi/openapi.yaml',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
});
