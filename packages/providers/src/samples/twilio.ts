/**
 * Sample fields of Twilio, whose requests have no names: an incoming text message.
 *
 * Fields: https://www.twilio.com/docs/messaging/guides/webhook-request; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { TwilioEvents } from '../events/twilio.ts';

export const samples: SenderSamples = {
  '*': {
    MessageSid: 'SM00000000000000000000000000000001',
    SmsSid: 'SM00000000000000000000000000000001',
    SmsMessageSid: 'SM00000000000000000000000000000001',
    SmsStatus: 'received',
    AccountSid: 'AC00000000000000000000000000000001',
    ApiVersion: '2010-04-01',
    From: '+14155550100',
    FromCountry: 'US',
    To: '+14155550101',
    ToCountry: 'US',
    Body: 'Is the shop open today?',
    NumMedia: '0',
    NumSegments: '1',
  },
} satisfies SamplesOf<TwilioEvents>;
