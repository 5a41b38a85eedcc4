import type { EventOf, HandlersByType } from '@countersign/core';
import type { CountryCode } from '@paddle/paddle-node-sdk';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { paddle as list } from '../../src/events/paddle.ts';
import { paddle as preset } from '../../src/paddle.ts';
import { type PaddleEvents, paddle } from '../../src/typed/paddle.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof paddle>;
type Payload = PaddleEvents['address.created'];

describe('the payloads of Paddle', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: github.com/PaddleHQ/paddle-node-sdk, src/__tests__/mocks/notifications/address-created.mock.ts; read
    // 2026-11-27.
    const payload = {
      event_id: 'evt_01h848pezaj15tkt3dsa36xe59',
      event_type: 'address.created',
      occurred_at: '2023-08-18T12:07:37.194676Z',
      notification_id: 'ntf_01h848pf2kbkz7j9fd1554029j',
      data: {
        id: 'add_01h848pep46enq8y372x7maj0p',
        city: 'New York',
        region: 'NY',
        status: 'active',
        created_at: '2023-08-18T12:07:36.9Z',
        first_line: '4050 Jefferson Plaza, 41st Floor',
        updated_at: '2023-08-18T12:07:36.9Z',
        description: 'Head Office',
        postal_code: '10021',
        second_line: null,
        country_code: 'US',
        custom_data: null,
      },
    } satisfies Payload;
    expect(await received(paddle, payload)).toEqual([{ type: 'address.created', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, occurred_at: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'address.created' ? event.payload.data.country_code : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<CountryCode | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'address.create';
    const handlers = {
      'address.created': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'address.create': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for each', () => {
    expectTypeOf<Exclude<NamesIn<PaddleEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<PaddleEvents>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      event_id: 'evt_01hsdn96k2',
      event_type: 'transaction.completed',
      notification_id: 'ntf_01',
      occurred_at: '2026-11-21T09:00:00.000Z',
      data: { details: '€ 47,50' },
    } satisfies FieldsOf<PaddleEvents['transaction.completed']>;
    expect(recordedBody('paddle')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/paddle', () => {
    expect(paddle).toBe(preset);
  });
});
