import type { EventOf } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { telegram as preset } from '../../src/telegram.ts';
import { type TelegramEvents, telegram } from '../../src/typed/telegram.ts';
import { type FieldsOf, received, recordedBody } from './payloads.ts';

type Event = EventOf<typeof telegram>;
type Payload = TelegramEvents[string];

describe('the payloads of Telegram', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: https://core.telegram.org/bots/webhooks, the first test update as public projects quote it, with the
    // fields is_bot and type that the Bot API has since added; read 2026-11-27.
    const payload = {
      update_id: 10000,
      message: {
        date: 1441645532,
        chat: { last_name: 'Test Lastname', id: 1111111, first_name: 'Test', username: 'Test', type: 'private' },
        message_id: 1365,
        from: { last_name: 'Test Lastname', id: 1111111, is_bot: false, first_name: 'Test', username: 'Test' },
        text: '/start',
      },
    } satisfies Payload;
    expect(await received(telegram, payload)).toEqual([{ type: undefined, payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, update_id: '10000' }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are those of every event, which has no name', () => {
    const read = (event: Event) => event.payload.update_id;
    expectTypeOf(read).returns.toEqualTypeOf<number>();
    expectTypeOf<Event['type']>().toEqualTypeOf<string | undefined>();
    expect(read).toBeTypeOf('function');
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = { update_id: 10000, message: { text: 'Привет' } } satisfies FieldsOf<Payload>;
    expect(recordedBody('telegram')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/telegram', () => {
    expect(telegram).toBe(preset);
  });
});
