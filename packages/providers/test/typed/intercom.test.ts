import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { intercom as list } from '../../src/events/intercom.ts';
import { type IntercomEvents, intercom } from '../../src/intercom.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof intercom>;
type Payload = IntercomEvents['conversation.user.created'];

describe('the payloads of Intercom', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Fields: https://developers.intercom.com/docs/references/1.3/webhooks/webhook-models, as public pages quote them,
    // with values of our own; read 2026-11-27.
    const payload = {
      type: 'notification_event',
      app_id: 'a86dr8yl',
      data: { type: 'notification_event_data', item: { type: 'conversation', id: '1' } },
      links: {},
      id: 'notif_ccd8a4d0-f965-11e3-a367-c779cae3e1b3',
      self: null,
      topic: 'conversation.user.created',
      delivery_status: 'pending',
      delivery_attempts: 1,
      delivered_at: 0,
      first_sent_at: 1392731392,
      created_at: 1392731331,
    } satisfies Payload;
    expect(await received(intercom, payload)).toEqual([{ type: 'conversation.user.created', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, created_at: 'now' }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) =>
      event.type === 'conversation.user.created' ? event.payload.delivery_attempts : undefined;
    expectTypeOf(read).returns.toEqualTypeOf<number | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'conversation.user.create';
    const handlers = {
      'conversation.user.created': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'conversation.user.create': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for these', () => {
    expectTypeOf<NamesIn<IntercomEvents>>().toEqualTypeOf<Listed<typeof list>>();
    expectTypeOf<Exclude<NamesIn<IntercomEvents>, UntypedIn<IntercomEvents>>>().toEqualTypeOf<Listed<typeof list>>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      type: 'notification_event',
      id: 'notif_0001',
      topic: 'conversation.user.created',
      created_at: 1795251598,
      delivery_attempts: 1,
      data: { item: { body: '<p>Héllo</p>' } },
    } satisfies FieldsOf<IntercomEvents['conversation.user.created']>;
    expect(recordedBody('intercom')).toEqual(recorded);
  });
});
