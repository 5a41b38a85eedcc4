/** Clockify, webhooks created by a user: a stored token in `clockify-signature`, which signs nothing. */

import { sharedToken } from '@countersign/core';
import { definePreset } from '@countersign/core/preset';
import type { ClockifyEvents } from './events/clockify.ts';

/**
 * Clockify’s webhooks created by a user repeat a stored token in `clockify-signature`. The type is in an unsigned
 * header. For webhooks of add-ons see `clockifyAddon`.
 *
 * The token is not bound to the delivery: anyone who has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see https://clockify.me/help/administration/api-webhook-settings (read 2026-11-20)
 */
export const clockifyUser = definePreset<ClockifyEvents>({
  name: 'clockify-user',
  title: 'Clockify (webhooks that a user made)',
  scheme: sharedToken({ token: { header: 'clockify-signature' } }),
  eventType: { header: 'clockify-webhook-event-type' },
  identity: {
    bytesRepeat: true,
    source:
      'https://glama.ai/mcp/servers/@KeithHanson/clockify-mcp/blob/a3636a728afab9f4417afdac886cdfd9210fbd27/docs/06_WEBHOOKS_API.md (example of a log, read 2026-11-26)',
    note: 'A body can have only an entity’s id and name, so two events of one entity can have the same bytes. The type in the unsigned header distinguishes them.',
  },
  secretHelp: 'The token shown for the webhook.',
  source: {
    title: 'Public receivers that compare the header clockify-signature; Clockify help, API & webhook settings',
    url: 'https://clockify.me/help/administration/api-webhook-settings',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unsaid: ['An id of the delivery, and how deliveries are retried.'],
});
