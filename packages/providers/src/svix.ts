/** Svix: the scheme of Standard Webhooks with its own header names. */

import { definePreset, standardWebhooksHmac } from '@countersign/core/preset';
import type { SvixEvents } from './events/svix.ts';

export type { SvixEvents } from './events/svix.ts';

/**
 * Svix, and senders that use it without renaming its headers: HMAC-SHA-256 over `{id}.{timestamp}.{body}`, base64, in
 * `svix-signature`. Where the headers start with `webhook-`, use `standardWebhooks`.
 *
 * The secret is base64 of at least 24 bytes, with or without `whsec_` before it. Give each sender its own name,
 * since the name is part of an event's identity: `{ ...svix, name: 'acme' }`.
 *
 * What the body holds is up to the sender; `type` is the usual place of an event's type and not one that Svix
 * prescribes. If yours has another: `{ ...svix, eventType: { json: 'event_type' } }`.
 *
 * @see https://docs.svix.com/receiving/verifying-payloads/how-manual (read 2026-11-21)
 * @see https://docs.svix.com/retries (schedule and deadline, read 2026-11-26)
 * @see https://github.com/svix/svix-webhooks (server/svix-server/src/worker.rs: each attempt is signed with its own time,
 * read 2026-11-26)
 */
export const svix = definePreset<SvixEvents>({
  name: 'svix',
  title: 'Svix',
  scheme: standardWebhooksHmac({ prefix: 'svix' }),
  eventId: { header: 'svix-id' },
  eventType: { json: 'type' },
  // The documentation leaves the figure to the receiver; Svix's libraries use five minutes.
  toleranceSeconds: 300,
  responseDeadlineSeconds: 15,
  retries: {
    delaysSeconds: [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
    horizonSeconds: 99_305,
    resigns: true,
    keepsBody: true,
    note: 'Answer with the header webhook-delivery: abort-message to stop them.',
    redirects: {
      count: 'failure',
      source: {
        title: 'Svix documentation, Retry Schedule',
        url: 'https://docs.svix.com/retries',
        readOn: '2026-11-26',
      },
    },
  },
  secretHelp: 'The signing secret of the endpoint: whsec_ and the key in base64.',
  wrongSecrets: {
    testsk_: 'an API key of Svix',
    ep_: 'the id of the endpoint',
    whpk_: 'a public key: use standardWebhooksV1a',
  },
  confidence: 'sdk_source',
  source: {
    title: 'Svix documentation, Verifying Webhooks Manually',
    url: 'https://docs.svix.com/receiving/verifying-payloads/how-manual',
    readOn: '2026-11-21',
  },
});
