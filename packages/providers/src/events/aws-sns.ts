/** Types of the messages of Amazon SNS. A SubscriptionConfirmation is a handshake, not an event. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const awsSns = {
  source: {
    title: 'Amazon’s aws-js-sns-message-validator, index.js and README.md',
    url: 'https://github.com/aws/aws-js-sns-message-validator/blob/master/index.js',
    readOn: '2026-11-27',
  },
  names: ['Notification', 'UnsubscribeConfirmation'],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of Amazon SNS, with unknown payloads. */
export interface AwsSnsEvents extends NamedEvents<typeof awsSns> {}
