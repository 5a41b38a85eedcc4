/**
 * A sample payload of Replicate, whose webhooks have no names: a prediction that succeeded.
 *
 * Fields: github.com/replicate/replicate-javascript, index.test.ts; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { ReplicateEvents } from '../typed/replicate.ts';

export const samples: SenderSamples = {
  '*': {
    id: 'sampleprediction0000000001',
    model: 'example/painter',
    version: '0000000000000000000000000000000000000000000000000000000000000001',
    data_removed: false,
    urls: {
      get: 'https://api.replicate.com/v1/predictions/sampleprediction0000000001',
      cancel: 'https://api.replicate.com/v1/predictions/sampleprediction0000000001/cancel',
    },
    created_at: '2026-03-01T10:00:00.000000Z',
    started_at: '2026-03-01T10:00:01.000000Z',
    completed_at: '2026-03-01T10:00:05.000000Z',
    source: 'api',
    status: 'succeeded',
    input: { prompt: 'a blue mug on a wooden table' },
    output: ['https://files.example.com/sample-0001.png'],
    error: null,
    logs: '',
    metrics: { predict_time: 4 },
  },
} satisfies SamplesOf<ReplicateEvents>;
