/** Event names of LINE, from its package for Node. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const line = {
  source: {
    title: 'LINE’s package for Node, @line/bot-sdk 11.0.0, lib/webhook/model/event.ts',
    url: 'https://www.npmjs.com/package/@line/bot-sdk/v/11.0.0',
    readOn: '2026-11-27',
  },
  names: [
    'accountLink',
    'activated',
    'beacon',
    'botResumed',
    'botSuspended',
    'deactivated',
    'delivery',
    'follow',
    'join',
    'leave',
    'memberJoined',
    'memberLeft',
    'membership',
    'message',
    'module',
    'postback',
    'unfollow',
    'unsend',
    'videoPlayComplete',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of LINE Messaging API, with unknown payloads. */
export interface LineEvents extends NamedEvents<typeof line> {}
