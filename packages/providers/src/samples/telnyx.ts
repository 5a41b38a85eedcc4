/**
 * Sample payloads of Telnyx, without `meta`, which its package does not have.
 *
 * Fields: github.com/team-telnyx/telnyx-node, tests/webhooks.test.ts, and the package’s types; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { TelnyxEvents } from '../typed/telnyx.ts';

const common = {
  id: '00000000-0000-4000-8000-000000000001',
  occurred_at: '2026-03-01T10:00:05.000Z',
  record_type: 'event' as const,
};

const call = {
  call_control_id: 'v3:sample-call-control-0001',
  call_leg_id: '00000000-0000-4000-8000-000000000002',
  call_session_id: '00000000-0000-4000-8000-000000000003',
  connection_id: '1000000000000000001',
  from: '+14155550100',
  to: '+14155550101',
  start_time: '2026-03-01T09:59:50.000Z',
};

export const samples: SenderSamples = {
  'message.received': {
    data: {
      ...common,
      event_type: 'message.received',
      payload: {
        id: '00000000-0000-4000-8000-000000000004',
        record_type: 'message',
        direction: 'inbound',
        type: 'SMS',
        from: { phone_number: '+14155550100', carrier: '', line_type: 'Wireless' },
        to: [{ phone_number: '+14155550101', status: 'webhook_delivered', carrier: '', line_type: 'Wireless' }],
        text: 'Is the shop open today?',
        media: [],
        parts: 1,
        encoding: 'GSM-7',
        received_at: '2026-03-01T10:00:05.000Z',
      },
    },
  },
  'call.initiated': {
    data: {
      ...common,
      event_type: 'call.initiated',
      payload: { ...call, direction: 'incoming', state: 'parked' },
    },
  },
  'call.answered': {
    data: { ...common, event_type: 'call.answered', payload: { ...call, state: 'answered' } },
  },
  'call.hangup': {
    data: {
      ...common,
      event_type: 'call.hangup',
      payload: {
        ...call,
        state: 'hangup',
        hangup_cause: 'normal_clearing',
        hangup_source: 'caller',
        sip_hangup_cause: '200',
      },
    },
  },
} satisfies SamplesOf<TelnyxEvents>;
