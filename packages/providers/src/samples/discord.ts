/**
 * Sample payloads of Discord’s webhook events, in part: the package writes numbers such as the integration type as
 * enums.
 *
 * Fields: github.com/discord/discord-api-docs, developers/events/webhook-events.mdx, and the package’s types; read
 * 2026-11-27.
 */

import type { PartsOf, SenderSamples } from '../events/sender-events.ts';
import type { DiscordEvents } from '../typed/discord.ts';
import type { AsJson } from '../typed/typed-events.ts';

export const samples: SenderSamples = {
  APPLICATION_AUTHORIZED: {
    version: 1,
    application_id: '100000000000000001',
    type: 1,
    event: {
      type: 'APPLICATION_AUTHORIZED',
      timestamp: '2026-03-01T10:00:05.000000',
      data: {
        integration_type: 1,
        scopes: ['applications.commands'],
        user: {
          id: '200000000000000001',
          username: 'ada.example',
          global_name: 'Ada Example',
          discriminator: '0',
          avatar: null,
        },
      },
    },
  },
  ENTITLEMENT_CREATE: {
    version: 1,
    application_id: '100000000000000001',
    type: 1,
    event: {
      type: 'ENTITLEMENT_CREATE',
      timestamp: '2026-03-01T10:00:05.000000',
      data: {
        id: '300000000000000001',
        application_id: '100000000000000001',
        sku_id: '400000000000000001',
        user_id: '200000000000000001',
        type: 8,
        deleted: false,
        consumed: false,
        starts_at: '2026-03-01T10:00:00.000000+00:00',
        ends_at: '2026-04-01T10:00:00.000000+00:00',
      },
    },
  },
} satisfies PartsOf<AsJson<DiscordEvents>>;
