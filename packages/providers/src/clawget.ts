/** Clawget: HMAC-SHA-256 over the raw body, hexadecimal, in one header. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { ClawgetEvents } from './events/clawget.ts';

export type { ClawgetEvents, ClawgetPayload } from './events/clawget.ts';

const source = { title: 'Clawget documentation, page Webhooks', readOn: '2026-11-21' } as const;

/**
 * Clawget signs the body with HMAC-SHA-256 in `x-clawget-signature`, in hexadecimal.
 *
 * The sample in its documentation signs the parsed body serialised again by JSON.stringify. That breaks on an amount
 * such as
 * `475.50`, on escapes and on whitespace; this preset verifies the received bytes. No timestamp is signed outside the
 * body, so only a dedupe store stops a replay.
 *
 * Respond within five seconds. Use `created` to order events, as the documentation advises, but not to judge their age:
 * a retry may come hours later.
 */
export const clawget = definePreset<ClawgetEvents>({
  name: 'clawget',
  title: 'Clawget',
  scheme: rawBodyHmac({ header: 'x-clawget-signature', encoding: 'hex' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'created', unit: 'seconds' },
  responseDeadlineSeconds: 5,
  retries: {
    delaysSeconds: [60, 300, 900, 3600, 21_600],
    // The sum of all five: the longest that any reading of the page allows.
    horizonSeconds: 26_460,
    note: 'The documentation gives five delays and a total of five attempts. One of the two numbers must mean something else: with the first attempt, five delays make six.',
  },
  secretHelp: 'The signing secret from the dashboard, used as text.',
  confidence: 'documented',
  source,
  unsaid: [
    'Whether the signed bytes are the bytes that are sent: the sample signs the body serialised again.',
    'Whether there are five attempts in all, or five retries after the first.',
    'The name of an event for an expired license, which the page lists as a use and not among its events.',
    'How a secret is replaced, and whether a retry is signed again.',
  ],
});
