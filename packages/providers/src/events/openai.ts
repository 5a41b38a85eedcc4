/** Event names of OpenAI, from its package for Node. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const openai = {
  source: {
    title: 'OpenAI’s package for Node, openai 6.49.0, resources/webhooks/webhooks.d.ts',
    url: 'https://www.npmjs.com/package/openai/v/6.49.0',
    readOn: '2026-11-27',
  },
  names: [
    'batch.cancelled',
    'batch.completed',
    'batch.expired',
    'batch.failed',
    'eval.run.canceled',
    'eval.run.failed',
    'eval.run.succeeded',
    'fine_tuning.job.cancelled',
    'fine_tuning.job.failed',
    'fine_tuning.job.succeeded',
    'realtime.call.incoming',
    'response.cancelled',
    'response.completed',
    'response.failed',
    'response.incomplete',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of OpenAI, with unknown payloads. */
export interface OpenAIEvents extends NamedEvents<typeof openai> {}
