/** Clockify, webhooks created by a user: a stored token in a header, which signs nothing. */

import { sharedToken } from '@countersign/core';
import { definePreset } from '@countersign/core/preset';
import type { ClockifyEvents } from './events/clockify.ts';

export type { ClockifyEvents, ClockifyTimeEntry } from './events/clockify.ts';

const source = {
  title: 'Clockify Webhooks API Guide (a page of a third party, not of Clockify)',
  url: 'https://glama.ai/mcp/servers/@KeithHanson/clockify-mcp/blob/a3636a728afab9f4417afdac886cdfd9210fbd27/docs/06_WEBHOOKS_API.md',
  readOn: '2026-11-26',
} as const;

/**
 * Clockify's webhooks created by a user, in the app or through the API. For those of an add-on, see `clockifyAddon`.
 *
 * A webhook has one token, shown when it is created; pass it as `secrets`. Clockify sends the same token with every
 * delivery, and the receiver compares it. This proves that the sender knows the token and nothing more:
 * `event.signed.body` is false. Anyone who has seen one delivery, in a log or at a proxy, can send any other body with
 * its token. So keep headers out of logs, accept only https, and fetch important data from Clockify's API with the id
 * in the body instead of trusting the body. There is no signed id, so the identity of an event is the digest of its
 * body.
 *
 * The documentation names the header `X-Clockify-Webhook-Signature`; public receivers read `clockify-signature`. Either
 * is accepted, and if both are present both must match.
 *
 * One endpoint for several webhooks accepts all their tokens, each with an id that is returned in `event.secretId`. For
 * more than eight, give each webhook its own path, and pass `secrets` a function of the path. Replacing a token at
 * Clockify invalidates the old one; keep it for deliveries still in transit:
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
    note: 'A body can have only an entity’s id and name, so two events of one entity can have the same bytes. The type in the unsigned header distinguishes them.',
  },
  responseDeadlineSeconds: 10,
  retries: { note: 'Failed deliveries are retried with growing delays; the page gives no figures.' },
  secretHelp: 'The authToken in the response that creates the webhook; creating a new one invalidates the old.',
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
    'The place of the event’s name: neither the body nor the headers shown on the page have it.',
    'An id of the delivery or of the event, and a timestamp.',
    'How often and when a failed delivery is retried.',
    'The bodies of all events except a time entry.',
  ],
});
