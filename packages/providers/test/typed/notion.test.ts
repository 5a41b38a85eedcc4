import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { notion as list } from '../../src/events/notion.ts';
import { notion as preset } from '../../src/notion.ts';
import { type NotionEvents, notion } from '../../src/typed/notion.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof notion>;
type Payload = NotionEvents['page.created'];

describe('the payloads of Notion', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Fields: https://developers.notion.com/reference/webhooks/page-created, with values of our own; read 2026-11-27.
    const payload = {
      id: '367cba44-b6f3-4c92-81e7-6a2e9659efd4',
      timestamp: '2026-11-21T09:00:00.000Z',
      workspace_id: '13950b26-c203-4f3b-b97d-93ec06319565',
      workspace_name: 'Example',
      subscription_id: '29d75c0d-5546-4414-8459-7b7a92f1fc4b',
      integration_id: '0ef2e755-4912-8096-91c1-00376a88a5ca',
      type: 'page.created',
      authors: [{ id: 'c7c11cca-1d73-471d-9b6e-bdef51470190', type: 'person' }],
      accessible_by: [{ id: 'c7c11cca-1d73-471d-9b6e-bdef51470190', type: 'person' }],
      attempt_number: 1,
      api_version: '2025-09-03',
      entity: { id: '153104cd-477e-809d-8dc4-ff2d96ae3090', type: 'page' },
      data: { parent: { id: '13950b26-c203-4f3b-b97d-93ec06319565', type: 'space' } },
    } satisfies Payload;
    expect(await received(notion, payload)).toEqual([{ type: 'page.created', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, attempt_number: '1' }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'page.created' ? event.payload.entity.type : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<'page' | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'page.create';
    const handlers = {
      'page.created': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'page.create': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for each', () => {
    expectTypeOf<Exclude<NamesIn<NotionEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<NotionEvents>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      id: '367cba44-b6f3-4c92-81e7-6a2e9659efd4',
      timestamp: '2026-11-21T09:00:00.000Z',
      type: 'page.created',
      entity: { id: '153104cd', type: 'page' },
      note: '日本',
    } satisfies FieldsOf<Payload> & { readonly note: string };
    expect(recordedBody('notion')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/notion', () => {
    expect(notion).toBe(preset);
  });
});
