/**
 * A sample payload of Typeform: a form with three answers.
 *
 * Fields: https://www.typeform.com/developers/webhooks/example-payload; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { TypeformEvents } from '../events/typeform.ts';

export const samples: SenderSamples = {
  form_response: {
    event_id: '01SAMPLEEVENT0000000000001',
    event_type: 'form_response',
    form_response: {
      form_id: 'sAmPlE01',
      token: 'sampletoken00000000000000000001',
      landed_at: '2026-03-01T09:58:00Z',
      submitted_at: '2026-03-01T10:00:00Z',
      hidden: { user_id: '4711' },
      calculated: { score: 3 },
      variables: [{ key: 'score', type: 'number', number: 3 }],
      definition: {
        id: 'sAmPlE01',
        title: 'Example survey',
        fields: [
          { id: 'sampleField01', ref: 'email', title: 'Where can we reach you?', type: 'email' },
          {
            id: 'sampleField02',
            ref: 'topic',
            title: 'Which topic do you like?',
            type: 'multiple_choice',
            allow_multiple_selections: false,
            allow_other_choice: true,
            choices: [
              { id: 'sampleChoice1', ref: 'webhooks', label: 'Webhooks' },
              { id: 'sampleChoice2', ref: 'queues', label: 'Queues' },
            ],
          },
          { id: 'sampleField03', ref: 'rating', title: 'How do you rate us?', type: 'rating' },
        ],
      },
      answers: [
        { type: 'email', email: 'ada@example.com', field: { id: 'sampleField01', type: 'email', ref: 'email' } },
        {
          type: 'choice',
          choice: { id: 'sampleChoice1', ref: 'webhooks', label: 'Webhooks' },
          field: { id: 'sampleField02', type: 'multiple_choice', ref: 'topic' },
        },
        { type: 'number', number: 4, field: { id: 'sampleField03', type: 'rating', ref: 'rating' } },
      ],
    },
  },
} satisfies SamplesOf<TypeformEvents>;
