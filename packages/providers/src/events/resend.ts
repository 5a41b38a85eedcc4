/** Event names of Resend, from the types of its package. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const resend = {
  source: {
    title: 'npm resend 6.38.0, dist/index.d.mts, WebhookEventPayload',
    url: 'https://www.npmjs.com/package/resend/v/6.38.0',
    readOn: '2026-11-27',
  },
  names: [
    'contact.created',
    'contact.deleted',
    'contact.topics.updated',
    'contact.updated',
    'domain.created',
    'domain.deleted',
    'domain.updated',
    'email.bounced',
    'email.clicked',
    'email.complained',
    'email.delivered',
    'email.delivery_delayed',
    'email.failed',
    'email.opened',
    'email.received',
    'email.scheduled',
    'email.sent',
    'email.suppressed',
    'inbox.created',
    'inbox.deleted',
    'inbox.draft.created',
    'inbox.draft.deleted',
    'inbox.draft.sent',
    'inbox.draft.updated',
    'inbox.email.received',
    'inbox.email.sent',
    'inbox.thread.assigned',
    'inbox.thread.created',
    'inbox.thread.folder.updated',
    'inbox.thread.labels.updated',
    'inbox.thread.unassigned',
    'inbox.updated',
    'suppression.added',
    'suppression.removed',
    'topic.created',
    'topic.deleted',
    'topic.updated',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of Resend, with unknown payloads. */
export interface ResendEvents extends NamedEvents<typeof resend> {}
