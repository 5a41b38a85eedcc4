/** Clockify, webhooks that a user made: a stored token in a header, which signs nothing. */

import { sharedToken } from '@countersign/core';
import { definePreset } from '@countersign/core/preset';
import { type ClockifyEvents, clockifyEvents, clockifySamples } from './shared/clockify-events.ts';

export type { ClockifyEvents, ClockifyTimeEntry } from './shared/clockify-events.ts';

const source = {
  title: 'Clockify Webhooks API Guide (a page of a third party, not of Clockify)',
  url: 'https://glama.ai/mcp/servers/@KeithHanson/clockify-mcp/blob/a3636a728afab9f4417afdac886cdfd9210fbd27/docs/06_WEBHOOKS_API.md',
  readOn: '2026-11-26',
} as const;

/**
 * Clockify's webhooks that a user made, in the app or through the API. For those of an add-on, see `clockifyAddon`.
 *
 * A webhook has one token, shown when it is made; give it as `secrets`. Clockify sends the same token with every
 * delivery, and the receiver compares. This proves that the sender knows the token and nothing more:
 * `event.signed.body` is false. Anybody who has seen one delivery, in a log or at a proxy, can send any other body with
 * its token. So keep headers out of logs, take https only, and fetch what matters from Clockify's API by the id in the
 * body instead of trusting the body. The identity of an event is the digest of its body for want of a signed id.
 *
 * The page names the header `X-Clockify-Webhook-Signature`; public receivers read `clockify-signature`. Either is
 * accepted, and where both are there both have to match.
 *
 * One endpoint for several webhooks takes all their tokens, each with an id that comes back in `event.secretId`. Beyond
 * eight, give each webhook a path of its own and `secrets` a function of the path. Replacing a token at Clockify ends
 * the old one; keep it for what is still under way:
 *
 * @example
 * const receiver = createReceiver({
 *   provider: clockify,
 *   secrets: [
 *     { id: 'new', value: process.env.CLOCKIFY_TOKEN! },
 *     { id: 'old', value: process.env.CLOCKIFY_TOKEN_BEFORE!, notAfter: new Date('2026-12-01T00:00:00Z') },
 *   ],
 * });
 */
export const clockify = definePreset<ClockifyEvents>({
  name: 'clockify',
  title: 'Clockify',
  scheme: sharedToken({ token: { header: ['x-clockify-webhook-signature', 'clockify-signature'] } }),
  eventType: { header: 'clockify-webhook-event-type' },
  identity: {
    bytesRepeat: true,
    source:
      'https://glama.ai/mcp/servers/@KeithHanson/clockify-mcp/blob/a3636a728afab9f4417afdac886cdfd9210fbd27/docs/06_WEBHOOKS_API.md (example of a log, read 2026-11-26)',
    note: 'A body can be an entity’s id and name alone, so two events of one entity can have the same one. The type in the unsigned header tells them apart.',
  },
  responseDeadlineSeconds: 10,
  retries: { note: 'Failed deliveries are repeated with growing delays; the page gives no figures.' },
  events: clockifyEvents,
  samples: clockifySamples,
  secretHelp: 'The authToken that creating the webhook answers with; making a new one ends the old.',
  confidence: 'integration_code',
  source,
  assumptions: [
    {
      what: 'the header clockify-webhook-event-type names the event, and clockify-signature may carry the token',
      because:
        'Both are documented for add-ons and read by public receivers of other webhooks; the page on these webhooks mentions neither.',
    },
  ],
  unsaid: [
    'Where the name of the event stands: neither the body nor the headers that the page shows have it.',
    'An id of the delivery or of the event, and a timestamp.',
    'How often and when a failed delivery is repeated.',
    'The bodies of all events but a time entry.',
  ],
});
