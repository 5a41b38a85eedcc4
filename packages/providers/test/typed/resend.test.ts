import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { resend as list } from '../../src/events/resend.ts';
import { resend as preset } from '../../src/resend.ts';
import { type ResendEvents, resend } from '../../src/typed/resend.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof resend>;
type Payload = ResendEvents['email.bounced'];

describe('the payloads of Resend', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Fields: https://resend.com/docs/webhooks/emails/bounced, with values of our own; read 2026-11-27.
    const payload = {
      type: 'email.bounced',
      created_at: '2026-11-22T23:41:12.126Z',
      data: {
        broadcast_id: '8b146471-e88e-4322-86af-016cd36fd216',
        created_at: '2026-11-22T23:41:11.894719+00:00',
        email_id: '56761188-7520-42d8-8898-ff6fc54ce618',
        message_id: '<111@email.example.com>',
        from: 'Example <from@example.com>',
        to: ['to@example.com'],
        subject: 'Hello',
        template_id: '43f68331-0622-4e15-8202-246a0388854b',
        bounce: { message: 'The address is on the suppression list.', subType: 'Suppressed', type: 'Permanent' },
        tags: { category: 'confirm_email' },
      },
    } satisfies Payload;
    expect(await received(resend, payload)).toEqual([{ type: 'email.bounced', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, created_at: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'email.bounced' ? event.payload.data.bounce.subType : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'email.bounce';
    const handlers = {
      'email.bounced': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'email.bounce': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for each', () => {
    expectTypeOf<Exclude<NamesIn<ResendEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<ResendEvents>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      type: 'email.delivered',
      created_at: '2026-11-21T09:00:00Z',
      data: { subject: 'Olá  ❤' },
    } satisfies FieldsOf<ResendEvents['email.delivered']>;
    expect(recordedBody('resend')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/resend', () => {
    expect(resend).toBe(preset);
  });
});
