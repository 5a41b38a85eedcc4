import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { figma as list } from '../../src/events/figma.ts';
import { figma as preset } from '../../src/figma.ts';
import { type FigmaEvents, figma } from '../../src/typed/figma.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof figma>;
type Payload = FigmaEvents['FILE_UPDATE'];

describe('the payloads of Figma', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Fields: https://developers.figma.com/docs/rest-api/webhooks-types, with values of our own; read 2026-11-27.
    const payload = {
      event_type: 'FILE_UPDATE',
      file_key: 'zH5nC8Kp2',
      file_name: 'Designs',
      passcode: 'a passcode',
      timestamp: '2026-11-21T09:00:00Z',
      webhook_id: '22',
    } satisfies Payload;
    expect(await received(figma, payload)).toEqual([
      { type: 'FILE_UPDATE', payload: { ...payload, passcode: expect.any(String) } },
    ]);
    // @ts-expect-error A value of another type.
    ({ ...payload, webhook_id: 22 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'FILE_UPDATE' ? event.payload.file_key : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'FILE_UPDAT';
    const handlers = {
      FILE_UPDATE: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      FILE_UPDAT: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for each', () => {
    expectTypeOf<Exclude<NamesIn<FigmaEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<FigmaEvents>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      event_type: 'FILE_UPDATE',
      passcode: 'figma-5b79d0d574eedd091c02692026ecfa1c',
      timestamp: '2026-11-21T09:00:00Z',
      webhook_id: '22',
      file_name: 'Entwürfe',
    } satisfies FieldsOf<FigmaEvents['FILE_UPDATE']>;
    expect(recordedBody('figma')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/figma', () => {
    expect(figma).toBe(preset);
  });
});
