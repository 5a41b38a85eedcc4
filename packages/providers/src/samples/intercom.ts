/**
 * Sample payloads of Intercom. The items have the fields that its documentation shows for contacts and
 * conversations.
 *
 * Fields: https://developers.intercom.com/docs/references/webhooks/webhook-models for the envelope; items as
 * public projects quote the API, not checked against an example of the sender; read 2026-11-27.
 */

import type { IntercomEvents } from '../events/intercom.ts';
import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';

const common = {
  type: 'notification_event' as const,
  app_id: 'sample01',
  id: 'notif_00000000-0000-4000-8000-000000000001',
  links: {},
  self: null,
  delivery_status: 'pending',
  delivery_attempts: 1,
  delivered_at: 0,
  first_sent_at: 1772359206,
  created_at: 1772359205,
};

const conversation = {
  type: 'conversation',
  id: '1001',
  created_at: 1772359200,
  updated_at: 1772359205,
  open: true,
  state: 'open',
  read: false,
  priority: 'not_priority',
  source: {
    type: 'conversation',
    id: '2001',
    delivered_as: 'customer_initiated',
    subject: '',
    body: '<p>How do I change my plan?</p>',
    author: { type: 'user', id: '3001', name: 'Ada Example', email: 'ada@example.com' },
    attachments: [],
  },
  contacts: { type: 'contact.list', contacts: [{ type: 'contact', id: '3001', external_id: '4711' }] },
};

export const samples: SenderSamples = {
  'conversation.user.created': {
    ...common,
    topic: 'conversation.user.created',
    data: { type: 'notification_event_data', item: conversation },
  },
  'conversation.user.replied': {
    ...common,
    topic: 'conversation.user.replied',
    data: {
      type: 'notification_event_data',
      item: {
        ...conversation,
        conversation_parts: {
          type: 'conversation_part.list',
          conversation_parts: [
            {
              type: 'conversation_part',
              id: '2002',
              part_type: 'comment',
              body: '<p>Thank you, that helped.</p>',
              created_at: 1772359205,
              author: { type: 'user', id: '3001', name: 'Ada Example', email: 'ada@example.com' },
            },
          ],
          total_count: 1,
        },
      },
    },
  },
  'contact.user.created': {
    ...common,
    topic: 'contact.user.created',
    data: {
      type: 'notification_event_data',
      item: {
        type: 'contact',
        id: '3001',
        external_id: '4711',
        role: 'user',
        email: 'ada@example.com',
        name: 'Ada Example',
        phone: null,
        created_at: 1772359200,
        updated_at: 1772359205,
        custom_attributes: {},
      },
    },
  },
} satisfies SamplesOf<IntercomEvents>;
