import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { discord as preset } from '../../src/discord.ts';
import type { discord as list } from '../../src/events/discord.ts';
import { type DiscordEvents, discord } from '../../src/typed/discord.ts';
import {
  type FieldsOf,
  type Listed,
  type NamesIn,
  type Part,
  received,
  recordedBody,
  type UntypedIn,
} from './payloads.ts';

type Event = EventOf<typeof discord>;
type Payload = DiscordEvents['ENTITLEMENT_CREATE'];

describe('the payloads of Discord', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: github.com/discord/discord-api-docs, developers/events/webhook-events.mdx, Entitlement Create, without
    // gift_code_flags and promotion_id, which the package does not have; read 2026-11-27.
    const payload = {
      version: 1,
      application_id: '1234560123453231555',
      type: 1,
      event: {
        type: 'ENTITLEMENT_CREATE',
        timestamp: '2024-10-18T18:41:21.109604',
        data: {
          application_id: '1234560123453231555',
          consumed: false,
          deleted: false,
          id: '1234505980407808808',
          sku_id: '123489045643835123',
          type: 4,
          user_id: '111178765189277770',
        },
      },
    } satisfies Part<Payload>;
    expect(await received(discord, payload)).toEqual([{ type: 'ENTITLEMENT_CREATE', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, version: 2 }) satisfies Part<Payload>;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Part<Payload>;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'ENTITLEMENT_CREATE' ? event.payload.event.data?.sku_id : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'ENTITLEMENT_CREAT';
    const handlers = {
      ENTITLEMENT_CREATE: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      ENTITLEMENT_CREAT: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('differ from the list by these names', () => {
    expectTypeOf<Exclude<NamesIn<DiscordEvents>, Listed<typeof list>>>().toEqualTypeOf<'QUEST_USER_ENROLLMENT'>();
    expectTypeOf<UntypedIn<DiscordEvents>>().toEqualTypeOf<
      | 'GAME_DIRECT_MESSAGE_CREATE'
      | 'GAME_DIRECT_MESSAGE_DELETE'
      | 'GAME_DIRECT_MESSAGE_UPDATE'
      | 'LOBBY_MESSAGE_CREATE'
      | 'LOBBY_MESSAGE_DELETE'
      | 'LOBBY_MESSAGE_UPDATE'
    >();
  });

  it('have fields that the page does not show, and lack some that it shows', () => {
    type Entitlement = NonNullable<Payload['event']['data']>;
    expectTypeOf<'starts_at' | 'ends_at'>().toExtend<keyof Entitlement>();
    expectTypeOf<Extract<keyof Entitlement, 'gift_code_flags' | 'promotion_id'>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      version: 1,
      application_id: '1234560123453231555',
      type: 1,
      event: {
        type: 'APPLICATION_AUTHORIZED',
        timestamp: '2026-11-21T09:00:00.000000',
        data: { user: { id: '1', global_name: 'Zoë' } },
      },
    } satisfies FieldsOf<DiscordEvents['APPLICATION_AUTHORIZED']>;
    expect(recordedBody('discord')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/discord', () => {
    expect(discord).toBe(preset);
  });
});
