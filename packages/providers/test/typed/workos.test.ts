import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { workos as list } from '../../src/events/workos.ts';
import { type WorkOSEvents, workos } from '../../src/typed/workos.ts';
import { workos as preset } from '../../src/workos.ts';
import {
  type FieldsOf,
  type Listed,
  type NamesIn,
  type Part,
  received,
  recordedBody,
  type UntypedIn,
} from './payloads.ts';

type Event = EventOf<typeof workos>;
type Payload = WorkOSEvents['dsync.user.created'];

describe('the payloads of WorkOS', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: github.com/workos/workos-node, src/webhooks/fixtures/webhook.json, without some raw attributes; read
    // 2026-11-27.
    const payload = {
      id: 'wh_123',
      data: {
        id: 'directory_user_01FAEAJCR3ZBZ30D8BD1924TVG',
        state: 'active',
        idp_id: '00u1e8mutl6wlH3lL4x7',
        object: 'directory_user',
        last_name: 'Lunchford',
        first_name: 'Blair',
        directory_id: 'directory_01F9M7F68PZP8QXP8G7X5QRHS7',
        created_at: '2021-06-25T19:07:33.155Z',
        updated_at: '2021-06-25T19:07:33.155Z',
        raw_attributes: { title: 'Software Engineer', active: true, groups: [] },
      },
      event: 'dsync.user.created',
      created_at: '2021-06-25T19:07:33.155Z',
    } satisfies Part<Payload>;
    expect(await received(workos, payload)).toEqual([{ type: 'dsync.user.created', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, created_at: 1 }) satisfies Part<Payload>;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Part<Payload>;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'dsync.user.created' ? event.payload.data.first_name : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | null | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'dsync.user.create';
    const handlers = {
      'dsync.user.created': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'dsync.user.create': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for each', () => {
    expectTypeOf<Exclude<NamesIn<WorkOSEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<WorkOSEvents>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      id: 'event_01',
      event: 'dsync.user.created',
      data: { first_name: 'Łukasz' },
      created_at: '2026-11-21T08:59:59.155Z',
    } satisfies FieldsOf<WorkOSEvents['dsync.user.created']>;
    expect(recordedBody('workos')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/workos', () => {
    expect(workos).toBe(preset);
  });
});
