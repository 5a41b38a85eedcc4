/**
 * Sample payloads of Postmark: the events of one message.
 *
 * Fields: npm postmark 5.1.0; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { PostmarkEvents } from '../typed/postmark.ts';
import type { AsJson } from '../typed/typed-events.ts';

const common = {
  MessageID: '00000000-0000-4000-8000-000000000001',
  MessageStream: 'outbound',
  Tag: 'receipt',
  Metadata: { order: '1001' },
};

const client = {
  Client: { Name: 'Firefox 140', Company: 'Mozilla Foundation', Family: 'Firefox' },
  OS: { Name: 'Linux', Company: 'Linux', Family: 'Linux' },
  Platform: 'Desktop',
  UserAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  Geo: {
    CountryISOCode: 'DE',
    Country: 'Germany',
    RegionISOCode: 'BE',
    Region: 'Berlin',
    City: 'Berlin',
    Zip: '10115',
    Coords: '52.5,13.4',
    IP: '192.0.2.10',
  },
  ReceivedAt: '2026-03-01T10:05:00Z',
  Recipient: 'ada@example.com',
};

export const samples: SenderSamples = {
  Delivery: {
    ...common,
    ServerID: 1001,
    RecordType: 'Delivery',
    Recipient: 'ada@example.com',
    DeliveredAt: '2026-03-01T10:00:05Z',
    Details: 'smtp;250 OK',
  },
  Bounce: {
    ...common,
    ServerID: 1001,
    RecordType: 'Bounce',
    ID: 2001,
    Type: 'HardBounce',
    TypeCode: 1,
    Name: 'Hard bounce',
    Description: 'The mailbox does not exist.',
    Details: 'smtp;550 mailbox unavailable',
    Email: 'ada@example.com',
    From: 'shop@example.com',
    BouncedAt: '2026-03-01T10:00:05Z',
    DumpAvailable: false,
    Inactive: true,
    CanActivate: true,
    Subject: 'Your receipt',
    Content: '',
  },
  SpamComplaint: {
    ...common,
    ServerID: 1001,
    RecordType: 'SpamComplaint',
    ID: 2002,
    Type: 'SpamComplaint',
    TypeCode: 512,
    Name: 'Spam complaint',
    Description: 'The recipient marked the message as spam.',
    Details: '',
    Email: 'ada@example.com',
    From: 'shop@example.com',
    BouncedAt: '2026-03-01T10:10:00Z',
    DumpAvailable: false,
    Inactive: true,
    CanActivate: false,
    Subject: 'Your receipt',
    Content: '',
  },
  Open: { ...common, ...client, RecordType: 'Open', FirstOpen: true, ReadSeconds: 5 },
  Click: {
    ...common,
    ...client,
    RecordType: 'Click',
    ClickLocation: 'HTML',
    OriginalLink: 'https://example.com/receipts/1',
  },
} satisfies SamplesOf<AsJson<PostmarkEvents>>;
