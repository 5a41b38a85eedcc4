/**
 * Sample payloads of OpenAI.
 *
 * Fields: OpenAI’s OpenAPI description, github.com/openai/openai-openapi, as its package has it; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { OpenAIEvents } from '../typed/openai.ts';

const common = { id: 'evt_sample0001', object: 'event' as const, created_at: 1772359205 };

export const samples: SenderSamples = {
  'response.completed': { ...common, type: 'response.completed', data: { id: 'resp_sample0001' } },
  'response.failed': { ...common, type: 'response.failed', data: { id: 'resp_sample0002' } },
  'batch.completed': { ...common, type: 'batch.completed', data: { id: 'batch_sample0001' } },
  'fine_tuning.job.succeeded': { ...common, type: 'fine_tuning.job.succeeded', data: { id: 'ftjob-sample0001' } },
  'realtime.call.incoming': {
    ...common,
    type: 'realtime.call.incoming',
    data: {
      call_id: 'rtc_sample0001',
      sip_headers: [
        { name: 'From', value: 'sip:+14155550100@sip.example.com' },
        { name: 'To', value: 'sip:+14155550101@sip.example.com' },
      ],
    },
  },
} satisfies SamplesOf<OpenAIEvents>;
