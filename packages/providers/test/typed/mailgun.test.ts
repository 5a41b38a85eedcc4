import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { mailgun as list } from '../../src/events/mailgun.ts';
import { type MailgunEvents, mailgun } from '../../src/mailgun.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof mailgun>;
type Payload = MailgunEvents['failed'];

describe('the payloads of Mailgun', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: github.com/mailgun/documentation, source/api-events.rst, Failed (Permanent), in the body of
    // source/user_manual.rst; read 2026-11-27.
    const payload = {
      signature: {
        timestamp: '1529006854',
        token: 'a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0',
        signature: 'd2271d12299f6592d9d44cd9d250f0704e4674c30d79d07c47a66f95ce71cf55',
      },
      'event-data': {
        event: 'failed',
        id: 'pl271FzxTTmGRW8Uj3dUWw',
        timestamp: 1529701969.818328,
        'log-level': 'error',
        severity: 'permanent',
        reason: 'suppress-bounce',
        envelope: { sender: 'john@example.org', transport: 'smtp', targets: 'joan@example.com' },
        flags: { 'is-routed': false, 'is-authenticated': true, 'is-system-test': false, 'is-test-mode': false },
        'delivery-status': {
          'attempt-no': 1,
          message: '',
          code: 605,
          description: 'Not delivering to previously bounced address',
          'session-seconds': 0.0,
        },
        message: {
          headers: {
            to: 'joan@example.com',
            'message-id': '20180622211249.1.2A6098970A380E12@example.org',
            from: 'john@example.org',
            subject: 'Test Subject',
          },
          attachments: [],
          size: 867,
        },
        storage: { url: 'https://se.api.mailgun.net/v3/domains/example.org/messages/eyJwI...', key: 'eyJwI...' },
        recipient: 'slava@mailgun.com',
        'recipient-domain': 'mailgun.com',
        campaigns: [],
        tags: [],
        'user-variables': {},
      },
    } satisfies Payload;
    expect(await received(mailgun, payload)).toEqual([
      { type: 'failed', payload: { ...payload, signature: expect.any(Object) } },
    ]);
    // @ts-expect-error A value of another type.
    ({ ...payload, signature: 'text' }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'failed' ? event.payload['event-data'].severity : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<'permanent' | 'temporary' | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'faile';
    const handlers = {
      failed: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      faile: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for these', () => {
    expectTypeOf<NamesIn<MailgunEvents>>().toEqualTypeOf<Listed<typeof list>>();
    expectTypeOf<Exclude<NamesIn<MailgunEvents>, UntypedIn<MailgunEvents>>>().toEqualTypeOf<Listed<typeof list>>();
  });

  it('have the signature in the form that was recorded', () => {
    expectTypeOf<keyof Payload['signature']>().toEqualTypeOf<'timestamp' | 'token' | 'signature'>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      signature: {
        timestamp: '1795251600',
        token: '649e688a567a6e38c2f27b740e689726a41127d464b3fc4d62',
        signature: 'b837193b7a2ef44b5d0614c6a6f13795679cd63342998fce0f7119889bdd4676',
      },
      'event-data': { event: 'opened', id: 'Ase7i2zsRYeDXztHGENqRA', recipient: 'zoë@example.com' },
    } satisfies FieldsOf<MailgunEvents['opened']>;
    expect(recordedBody('mailgun')).toEqual(recorded);
  });
});
