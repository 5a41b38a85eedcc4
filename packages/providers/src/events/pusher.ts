/** Event names of Pusher Channels, from its documentation. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const pusher = {
  source: {
    title: 'Pusher documentation, docs/channels/server_api/webhooks.md',
    url: 'https://github.com/pusher/docs/blob/main/docs/channels/server_api/webhooks.md',
    readOn: '2026-11-27',
  },
  names: [
    'cache_miss',
    'channel_occupied',
    'channel_vacated',
    'client_event',
    'member_added',
    'member_removed',
    'subscription_count',
  ],
  always: ['type'],
} as const satisfies SenderEvents;

/** The events of Pusher Channels, with unknown payloads. */
export interface PusherEvents extends NamedEvents<typeof pusher> {}
