/** Clockify, with the header named in a third-party guide: a stored token, which signs nothing. */

import { sharedToken } from '@countersign/core';
import { definePreset } from '@countersign/core/preset';
import type { ClockifyEvents } from './events/clockify.ts';

/**
 * Clockify, by `X-Clockify-Webhook-Signature`. The header was found in that guide and in no receiver; what Clockify
 * sends is `clockify-signature`, see `clockifyUser`. `clockify` takes either.
 *
 * The token is not bound to the delivery: anyone who has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see
 * https://glama.ai/mcp/servers/@KeithHanson/clockify-mcp/blob/a3636a728afab9f4417afdac886cdfd9210fbd27/docs/06_WEBHOOKS_API.md
 * (read 2026-11-20)
 */
export const clockifySeed = definePreset<ClockifyEvents>({
  name: 'clockify-seed',
  title: 'Clockify (as a guide of others says)',
  scheme: sharedToken({ token: { header: 'x-clockify-webhook-signature' } }),
  identity: {
    bytesRepeat: true,
    source:
      'https://glama.ai/mcp/servers/@KeithHanson/clockify-mcp/blob/a3636a728afab9f4417afdac886cdfd9210fbd27/docs/06_WEBHOOKS_API.md (example of a log, read 2026-11-26)',
    note: 'A body can have only an entity’s id and name, so two events of one entity can have the same bytes. Nothing distinguishes them.',
  },
  responseDeadlineSeconds: 10,
  retries: { note: 'With growing delays; no figures.' },
  secretHelp: 'The authToken in the response that creates the webhook; creating a new one invalidates the old.',
  source: {
    title: 'Clockify Webhooks API Guide (a page of a third party, not of Clockify)',
    url: 'https://glama.ai/mcp/servers/@KeithHanson/clockify-mcp/blob/a3636a728afab9f4417afdac886cdfd9210fbd27/docs/06_WEBHOOKS_API.md',
    readOn: '2026-11-26',
  },
  confidence: 'integration_code',
  unsaid: ['The place of an event’s type, and an id of the delivery.'],
});
