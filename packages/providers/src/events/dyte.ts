/** Event names of Dyte, from its documentation. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const dyte = {
  source: {
    title: 'Dyte documentation, docs/guides/capabilities/webhooks/webhook-events.mdx',
    url: 'https://github.com/dyte-io/docs/blob/main/docs/guides/capabilities/webhooks/webhook-events.mdx',
    readOn: '2026-11-27',
  },
  names: [
    'livestreaming.statusUpdate',
    'meeting.chatSynced',
    'meeting.ended',
    'meeting.participantJoined',
    'meeting.participantLeft',
    'meeting.started',
    'meeting.summary',
    'meeting.transcript',
    'recording.statusUpdate',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of Dyte, with unknown payloads. */
export interface DyteEvents extends NamedEvents<typeof dyte> {}
