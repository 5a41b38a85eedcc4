/**
 * Sample payloads of Twilio SendGrid: single events of a batch, all about one email.
 *
 * Fields: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { SendgridEvents } from '../events/sendgrid.ts';

const email = {
  email: 'ada@example.com',
  timestamp: 1772359205,
  'smtp-id': '<sample-0001@mail.example.com>',
  sg_message_id: 'sampleMessage0001.recvd-example-1-0.0',
  category: ['receipt'],
};

const client = {
  ip: '192.0.2.10',
  useragent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
};

export const samples: SenderSamples = {
  delivered: {
    ...email,
    event: 'delivered',
    sg_event_id: 'c2FtcGxlLWRlbGl2ZXJlZA',
    response: '250 OK',
    ip: '192.0.2.25',
    tls: 1,
  },
  bounce: {
    ...email,
    event: 'bounce',
    sg_event_id: 'c2FtcGxlLWJvdW5jZQ',
    reason: '550 mailbox unavailable',
    status: '5.1.1',
    type: 'bounce',
    bounce_classification: 'Invalid Address',
    ip: '192.0.2.25',
  },
  open: { ...email, ...client, event: 'open', sg_event_id: 'c2FtcGxlLW9wZW4', sg_machine_open: false },
  click: {
    ...email,
    ...client,
    event: 'click',
    sg_event_id: 'c2FtcGxlLWNsaWNr',
    url: 'https://example.com/receipts/1',
    url_offset: { index: 0, type: 'html' },
  },
  spamreport: { ...email, event: 'spamreport', sg_event_id: 'c2FtcGxlLXNwYW0' },
} satisfies SamplesOf<SendgridEvents>;
