import type { EventOf } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { replicate as preset } from '../../src/replicate.ts';
import { type ReplicateEvents, replicate } from '../../src/typed/replicate.ts';
import { type FieldsOf, received, recordedBody } from './payloads.ts';

type Event = EventOf<typeof replicate>;
type Payload = ReplicateEvents[string];

describe('the payloads of Replicate', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: github.com/replicate/replicate-javascript, index.test.ts, with the fields that the package requires;
    // read 2026-11-27.
    const payload = {
      id: 'rrr4z55ocneqzikepnug6xezpe',
      model: 'stability-ai/stable-diffusion',
      version: 'be04660a5b93ef2aff61e3668dedb4cbeb14941e62a3fd5998364a32d613e35e',
      data_removed: false,
      urls: {
        get: 'https://api.replicate.com/v1/predictions/rrr4z55ocneqzikepnug6xezpe',
        cancel: 'https://api.replicate.com/v1/predictions/rrr4z55ocneqzikepnug6xezpe/cancel',
      },
      created_at: '2022-09-13T22:54:18.578761Z',
      started_at: '2022-09-13T22:54:19.438525Z',
      completed_at: '2022-09-13T22:54:23.236610Z',
      source: 'api',
      status: 'succeeded',
      input: { prompt: 'oak tree with boletus growing on its branches' },
      output: ['https://replicate.com/api/models/stability-ai/stable-diffusion/files/9c3b6fe4/out-0.png'],
      error: null,
      logs: 'Using seed: 36941...',
      metrics: { predict_time: 4.484541 },
    } satisfies Payload;
    expect(await received(replicate, payload)).toEqual([{ type: undefined, payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, created_at: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are those of every event, which has no name', () => {
    const read = (event: Event) => event.payload.id;
    expectTypeOf(read).returns.toEqualTypeOf<string>();
    expectTypeOf<Event['type']>().toEqualTypeOf<string | undefined>();
    expect(read).toBeTypeOf('function');
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      id: 'ufawqhfynnddngldkgtslldrkq',
      status: 'succeeded',
      output: ['café'],
    } satisfies FieldsOf<Payload>;
    expect(recordedBody('replicate')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/replicate', () => {
    expect(replicate).toBe(preset);
  });
});
