/**
 * Sample payloads of Mailgun: the events of one message.
 *
 * Fields: github.com/mailgun/documentation, source/api-events.rst, and this preset’s types; read 2026-11-27.
 */

import type { MailgunEvents, MailgunMessage } from '../events/mailgun.ts';
import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';

const signature = {
  timestamp: '1772359205',
  token: '5a3c1f70e8b94d26a7c05b9e1d4f8236a09c7be15d2f4a6380',
  signature: '0000000000000000000000000000000000000000000000000000000000000000',
};

const message: MailgunMessage = {
  headers: {
    'message-id': 'sample-0001@mail.example.com',
    to: 'Ada Example <ada@example.com>',
    from: 'Shop <shop@mail.example.com>',
    subject: 'Your receipt',
  },
  attachments: [],
  size: 1432,
};

const common = {
  timestamp: 1772359205.318,
  'log-level': 'info',
  recipient: 'ada@example.com',
  'recipient-domain': 'example.com',
  tags: ['receipt'],
  campaigns: [],
  'user-variables': { order: '1001' },
  flags: { 'is-routed': false, 'is-authenticated': true, 'is-system-test': false, 'is-test-mode': false },
  message,
};

const envelope = {
  sender: 'shop@mail.example.com',
  transport: 'smtp',
  targets: 'ada@example.com',
  'sending-ip': '192.0.2.25',
};

const client = {
  ip: '192.0.2.10',
  geolocation: { country: 'DE', region: 'BE', city: 'Berlin' },
  'client-info': {
    'client-type': 'browser',
    'client-os': 'Linux',
    'client-name': 'Firefox',
    'device-type': 'desktop',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  },
};

export const samples: SenderSamples = {
  delivered: {
    signature,
    'event-data': {
      ...common,
      event: 'delivered',
      id: 'sampleDelivered0000001',
      envelope,
      'delivery-status': {
        code: 250,
        message: 'OK',
        description: '',
        'attempt-no': 1,
        'session-seconds': 0.42,
        'mx-host': 'mx.example.com',
        tls: true,
        'certificate-verified': true,
      },
      storage: { url: 'https://storage.example.com/messages/sample-0001', key: 'sample-0001' },
    },
  },
  failed: {
    signature,
    'event-data': {
      ...common,
      event: 'failed',
      id: 'sampleFailed0000000001',
      'log-level': 'error',
      severity: 'permanent',
      reason: 'bounce',
      envelope,
      'delivery-status': {
        code: 550,
        message: 'mailbox unavailable',
        description: '',
        'attempt-no': 1,
        'session-seconds': 0.3,
        'mx-host': 'mx.example.com',
      },
    },
  },
  opened: { signature, 'event-data': { ...common, ...client, event: 'opened', id: 'sampleOpened0000000001' } },
  clicked: {
    signature,
    'event-data': {
      ...common,
      ...client,
      event: 'clicked',
      id: 'sampleClicked000000001',
      url: 'https://example.com/receipts/1',
    },
  },
  complained: { signature, 'event-data': { ...common, event: 'complained', id: 'sampleComplained00001' } },
} satisfies SamplesOf<MailgunEvents>;
