import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { microsoftGraph as list } from '../../src/events/microsoft-graph.ts';
import { microsoftGraph as preset } from '../../src/microsoft-graph.ts';
import { type MicrosoftGraphEvents, microsoftGraph } from '../../src/typed/microsoft-graph.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof microsoftGraph>;
type Payload = MicrosoftGraphEvents['created'];

describe('the payloads of Microsoft Graph', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Fields: https://learn.microsoft.com/en-us/graph/api/resources/changenotification, with values of our own; read
    // 2026-11-27.
    const payload = {
      id: 'lsgTZMr9KwAAA',
      subscriptionId: 'aa269f87-2a92-4cff-a43e-2771878c3727',
      subscriptionExpirationDateTime: '2026-11-28T11:00:00.0000000Z',
      changeType: 'created',
      resource: 'me/messages/AAMkADMxZmEzMDM1',
      clientState: 'a client state',
      tenantId: '3d4b1b48-df4b-4b9e-9bd4-2ce2f8b3f4d1',
    } satisfies Payload;
    expect(await received(microsoftGraph, { value: [payload] })).toEqual([
      { type: 'created', payload: expect.objectContaining({ resource: payload.resource }) },
    ]);
    // @ts-expect-error A value of another type.
    ({ ...payload, resource: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'created' ? event.payload.resource : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'create';
    const handlers = {
      created: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      create: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for each', () => {
    expectTypeOf<Exclude<NamesIn<MicrosoftGraphEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<MicrosoftGraphEvents>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      id: 'lsgTZMr9KwAAA',
      subscriptionId: 's1',
      changeType: 'created',
      resource: 'users/zoë/messages',
      clientState: 'client-state-e46b320165eec91e6344fa10340d5b32',
    } satisfies FieldsOf<MicrosoftGraphEvents['created']>;
    expect(recordedBody('microsoft-graph')).toEqual({
      value: [
        recorded,
        { ...recorded, id: 'lsgTZMr9KwAAB', subscriptionId: 's2', changeType: 'updated', resource: 'users/b' },
      ],
    });
  });

  it('come with the very preset of @countersign/providers/microsoft-graph', () => {
    expect(microsoftGraph).toBe(preset);
  });
});
