/**
 * Sample payloads of Resend: the events of one email.
 *
 * Fields: https://resend.com/docs/webhooks/emails/bounced and the package’s types; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { ResendEvents } from '../typed/resend.ts';

const created_at = '2026-03-01T10:00:05.000Z';

const email = {
  email_id: '00000000-0000-4000-8000-000000000001',
  message_id: '<sample-0001@mail.example.com>',
  created_at: '2026-03-01T10:00:00.000000+00:00',
  from: 'Shop <shop@example.com>',
  to: ['ada@example.com'],
  subject: 'Your receipt',
  tags: { category: 'receipt' },
};

export const samples: SenderSamples = {
  'email.sent': { type: 'email.sent', created_at, data: email },
  'email.delivered': { type: 'email.delivered', created_at, data: email },
  'email.bounced': {
    type: 'email.bounced',
    created_at,
    data: {
      ...email,
      bounce: { type: 'Permanent', subType: 'General', message: 'The mailbox does not exist.' },
    },
  },
  'email.complained': { type: 'email.complained', created_at, data: email },
  'email.clicked': {
    type: 'email.clicked',
    created_at,
    data: {
      ...email,
      click: {
        ipAddress: '192.0.2.10',
        link: 'https://example.com/receipts/1',
        timestamp: '2026-03-01T10:05:00.000Z',
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      },
    },
  },
} satisfies SamplesOf<ResendEvents>;
