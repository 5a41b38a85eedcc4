/** Event names of Mailgun. Temporary and permanent failures are both “failed”. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const mailgun = {
  source: {
    title: 'Mailgun documentation, Webhooks (which events), and Mailgun’s package for Go, events/enums.go (spelling)',
    url: 'https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhooks',
    readOn: '2026-11-27',
  },
  names: ['accepted', 'clicked', 'complained', 'delivered', 'failed', 'opened', 'unsubscribed'],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of Mailgun, with unknown payloads. */
export interface MailgunEvents extends NamedEvents<typeof mailgun> {}
