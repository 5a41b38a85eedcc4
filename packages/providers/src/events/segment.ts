/** Types of the calls that Segment’s webhooks destination sends. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const segment = {
  source: {
    title: 'Segment documentation, Webhooks destination',
    url: 'https://github.com/segmentio/segment-docs/blob/747b35d8f5f1889b041f2101185d562d7c4c016e/src/connections/destinations/catalog/webhooks/index.md',
    readOn: '2026-11-27',
  },
  names: ['alias', 'delete', 'group', 'identify', 'page', 'screen', 'track'],
  always: [],
} as const satisfies SenderEvents;

/** The events of Segment, with unknown payloads. */
export interface SegmentEvents extends NamedEvents<typeof segment> {}
