/** Event names of Emailit, from its package. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const emailit = {
  source: {
    title: 'Emailit’s package for Node, src/events/index.js',
    url: 'https://github.com/emailit/emailit-node/blob/main/src/events/index.js',
    readOn: '2026-11-27',
  },
  names: [
    'audience.created',
    'audience.deleted',
    'audience.updated',
    'contact.created',
    'contact.deleted',
    'contact.updated',
    'domain.created',
    'domain.deleted',
    'domain.updated',
    'email.accepted',
    'email.attempted',
    'email.bounced',
    'email.clicked',
    'email.complained',
    'email.delivered',
    'email.failed',
    'email.loaded',
    'email.received',
    'email.rejected',
    'email.scheduled',
    'email.suppressed',
    'email_verification.created',
    'email_verification.deleted',
    'email_verification.updated',
    'email_verification_list.created',
    'email_verification_list.deleted',
    'email_verification_list.updated',
    'subscriber.created',
    'subscriber.deleted',
    'subscriber.updated',
    'suppression.created',
    'suppression.deleted',
    'suppression.updated',
    'template.created',
    'template.deleted',
    'template.updated',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of Emailit, with unknown payloads. */
export interface EmailitEvents extends NamedEvents<typeof emailit> {}
