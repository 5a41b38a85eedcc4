import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { openai as list } from '../../src/events/openai.ts';
import { openai as preset } from '../../src/openai.ts';
import { type OpenAIEvents, openai } from '../../src/typed/openai.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof openai>;
type Payload = OpenAIEvents['batch.cancelled'];

describe('the payloads of OpenAI', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: OpenAI’s OpenAPI description, github.com/openai/openai-openapi, the example of batch.cancelled; read
    // 2026-11-27.
    const payload = {
      id: 'evt_abc123',
      type: 'batch.cancelled',
      created_at: 1719168000,
      data: { id: 'batch_abc123' },
    } satisfies Payload;
    expect(await received(openai, payload)).toEqual([{ type: 'batch.cancelled', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, created_at: 'now' }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'batch.cancelled' ? event.payload.data.id : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'batch.cancelle';
    const handlers = {
      'batch.cancelled': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'batch.cancelle': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for each', () => {
    expectTypeOf<Exclude<NamesIn<OpenAIEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<OpenAIEvents>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      id: 'evt_1',
      object: 'event',
      type: 'response.completed',
      created_at: 1795251599,
      data: { id: 'resp_é' },
    } satisfies FieldsOf<OpenAIEvents['response.completed']>;
    expect(recordedBody('openai')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/openai', () => {
    expect(openai).toBe(preset);
  });
});
