/** Event names of Discord’s webhook events. An interaction has no name. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const discord = {
  source: {
    title: 'Discord API documentation, Webhook Events, Event Types',
    url: 'https://github.com/discord/discord-api-docs/blob/main/developers/events/webhook-events.mdx',
    readOn: '2026-11-27',
  },
  names: [
    'APPLICATION_AUTHORIZED',
    'APPLICATION_DEAUTHORIZED',
    'ENTITLEMENT_CREATE',
    'ENTITLEMENT_DELETE',
    'ENTITLEMENT_UPDATE',
    'GAME_DIRECT_MESSAGE_CREATE',
    'GAME_DIRECT_MESSAGE_DELETE',
    'GAME_DIRECT_MESSAGE_UPDATE',
    'LOBBY_MESSAGE_CREATE',
    'LOBBY_MESSAGE_DELETE',
    'LOBBY_MESSAGE_UPDATE',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of Discord, with unknown payloads. */
export interface DiscordEvents extends NamedEvents<typeof discord> {}
