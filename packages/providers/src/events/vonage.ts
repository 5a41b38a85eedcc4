/** States that Vonage’s Messages and Voice report; other deliveries have none. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const vonage = {
  source: {
    title: 'Vonage documentation, Messages API status callbacks; its repository, Voice API webhook-reference.md',
    url: 'https://developer.vonage.com/en/messages/concepts/messages-status-callbacks',
    readOn: '2026-11-27',
  },
  names: [
    'answered',
    'busy',
    'cancelled',
    'completed',
    'delivered',
    'failed',
    'human',
    'machine',
    'read',
    'rejected',
    'ringing',
    'started',
    'submitted',
    'timeout',
    'unanswered',
    'undeliverable',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of Vonage, with unknown payloads. */
export interface VonageEvents extends NamedEvents<typeof vonage> {}
