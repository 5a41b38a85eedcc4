import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { mux as list } from '../../src/events/mux.ts';
import { mux as preset } from '../../src/mux.ts';
import { type MuxEvents, mux } from '../../src/typed/mux.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof mux>;
type Payload = MuxEvents['video.asset.ready'];

describe('the payloads of Mux', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Fields: https://docs.mux.com/webhook-reference, with values of our own; read 2026-11-27.
    const payload = {
      type: 'video.asset.ready',
      id: '3a56ac3d-33da-4366-855b-f592d898409d',
      created_at: '2026-11-21T08:59:59.000000Z',
      object: { type: 'asset', id: '0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002' },
      environment: { name: 'Production', id: 'j0863n' },
      data: {
        id: '0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002',
        created_at: 1795251500,
        status: 'ready',
        duration: 153.361542,
        max_stored_resolution: 'HD',
        resolution_tier: '1080p',
        max_resolution_tier: '1080p',
        encoding_tier: 'smart',
        max_stored_frame_rate: 29.97,
        aspect_ratio: '16:9',
        playback_ids: [{ policy: 'public', id: '5nPRVhqFFHDNB9XuYYQxJ6Iz' }],
        master_access: 'none',
        progress: { state: 'completed', progress: 100 },
      },
      attempts: [],
    } satisfies Payload;
    expect(await received(mux, payload)).toEqual([{ type: 'video.asset.ready', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, created_at: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'video.asset.ready' ? event.payload.data.status : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<'preparing' | 'ready' | 'errored' | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'video.asset.read';
    const handlers = {
      'video.asset.ready': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'video.asset.read': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('differ from the list by these names', () => {
    expectTypeOf<Exclude<NamesIn<MuxEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<MuxEvents>>().toEqualTypeOf<Extract<Listed<typeof list>, `robots.${string}`>>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      type: 'video.asset.ready',
      id: '3a56ac3d-33da-4366-855b-f592d898409d',
      created_at: '2026-11-21T08:59:59.000000Z',
      attempts: [],
      data: { title: 'Öffnung  ✓' },
    } satisfies FieldsOf<MuxEvents['video.asset.ready']>;
    expect(recordedBody('mux')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/mux', () => {
    expect(mux).toBe(preset);
  });
});
