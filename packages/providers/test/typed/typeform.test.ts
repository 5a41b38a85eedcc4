import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { typeform as list } from '../../src/events/typeform.ts';
import { type TypeformEvents, typeform } from '../../src/typeform.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof typeform>;
type Payload = TypeformEvents['form_response'];

describe('the payloads of Typeform', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: https://www.typeform.com/developers/webhooks/example-payload, without some fields and answers; read
    // 2026-11-27.
    const payload = {
      event_id: 'LtWXD3crgy',
      event_type: 'form_response',
      form_response: {
        form_id: 'lT4Z3j',
        token: 'a3a12ec67a1365927098a606107fac15',
        submitted_at: '2018-01-18T18:17:02Z',
        landed_at: '2018-01-18T18:07:02Z',
        calculated: { score: 9 },
        variables: [
          { key: 'score', type: 'number', number: 4 },
          { key: 'name', type: 'text', text: 'typeform' },
        ],
        hidden: { user_id: 'abc123456' },
        definition: {
          id: 'lT4Z3j',
          title: 'Webhooks example',
          fields: [
            {
              id: 'SMEUb7VJz92Q',
              title: 'Your email address?',
              type: 'email',
              ref: 'readable_ref_email',
              allow_multiple_selections: false,
              allow_other_choice: false,
            },
            {
              id: 'PNe8ZKBK8C2Q',
              title: 'Which pictures do you like?',
              type: 'picture_choice',
              ref: 'readable_ref_picture_choice',
              allow_multiple_selections: true,
              allow_other_choice: false,
              choices: [{ id: 'eXnU3oA141Cg', ref: '238d1802-9921-4687-a37b-5e50f56ece8e', label: 'London' }],
            },
          ],
        },
        answers: [
          { type: 'email', email: 'laura@example.com', field: { id: 'SMEUb7VJz92Q', type: 'email' } },
          {
            type: 'choices',
            choices: { labels: ['London', 'Sydney'] },
            field: { id: 'PNe8ZKBK8C2Q', type: 'picture_choice' },
          },
          { type: 'number', number: 5, field: { id: 'NRsxU591jIW9', type: 'opinion_scale' } },
        ],
      },
    } satisfies Payload;
    expect(await received(typeform, payload)).toEqual([{ type: 'form_response', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, event_id: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'form_response' ? event.payload.form_response.token : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'form_responsed';
    const handlers = {
      form_response: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      form_responsed: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for these', () => {
    expectTypeOf<NamesIn<TypeformEvents>>().toEqualTypeOf<Listed<typeof list>>();
    expectTypeOf<Exclude<NamesIn<TypeformEvents>, UntypedIn<TypeformEvents>>>().toEqualTypeOf<Listed<typeof list>>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      event_id: '01GRC8XR2017M',
      event_type: 'form_response',
      form_response: { form_id: 'lT4Z3j', submitted_at: '2026-11-21T08:59:58Z', answers: [{ text: 'Ça va ?' }] },
    } satisfies FieldsOf<TypeformEvents['form_response']>;
    expect(recordedBody('typeform')).toEqual(recorded);
  });
});
