import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { linear as list } from '../../src/events/linear.ts';
import { linear as preset } from '../../src/linear.ts';
import { type LinearEvents, linear } from '../../src/typed/linear.ts';
import {
  type FieldsOf,
  type Listed,
  type NamesIn,
  type Part,
  received,
  recordedBody,
  type UntypedIn,
} from './payloads.ts';

type Event = EventOf<typeof linear>;
type Payload = LinearEvents['Issue.remove'];

describe('the payloads of Linear', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Fields: https://linear.app/developers/webhooks, as public pages quote them, with values of our own; read
    // 2026-11-27.
    const payload = {
      action: 'remove',
      actor: { id: '2174add1', name: 'Example', type: 'user' },
      createdAt: '2026-11-21T08:59:59.500Z',
      data: { id: '539068e2', createdAt: '2026-11-21T08:59:59.500Z', title: 'An issue', number: 1, teamId: '72b2a2dc' },
      type: 'Issue',
      url: 'https://linear.app/example/issue/EX-1',
      organizationId: '5ad2',
      webhookTimestamp: 1795251600000,
      webhookId: '000042e3',
    } satisfies Part<Payload>;
    expect(await received(linear, payload)).toEqual([
      { type: 'Issue.remove', payload: { ...payload, webhookTimestamp: expect.anything() } },
    ]);
    // @ts-expect-error A value of another type.
    ({ ...payload, createdAt: new Date() }) satisfies Part<Payload>;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Part<Payload>;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'Issue.remove' ? event.payload.data.title : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'Issue.removed';
    const handlers = {
      'Issue.remove': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'Issue.removed': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('differ from the list by these names', () => {
    expectTypeOf<Exclude<NamesIn<LinearEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<LinearEvents>>().toEqualTypeOf<
      | 'ProjectLabel.create'
      | 'ProjectLabel.remove'
      | 'ProjectLabel.update'
      | 'Release.create'
      | 'Release.remove'
      | 'Release.update'
      | 'ReleaseNote.create'
      | 'ReleaseNote.remove'
      | 'ReleaseNote.update'
    >();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      action: 'create',
      type: 'Issue',
      createdAt: '2026-11-21T08:59:59.500Z',
      data: { id: '2174add1', title: 'Prüfen  ✓' },
      webhookTimestamp: 1795251600000,
      webhookId: '000042e3',
    } satisfies FieldsOf<LinearEvents['Issue.create']>;
    expect(recordedBody('linear')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/linear', () => {
    expect(linear).toBe(preset);
  });
});
