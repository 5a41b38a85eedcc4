import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { sentry as list } from '../../src/events/sentry.ts';
import { type SentryEvents, sentry } from '../../src/sentry.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof sentry>;
type Payload = SentryEvents['issue'];

describe('the payloads of Sentry', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: github.com/getsentry/sentry-docs,
    // docs/organization/integrations/integration-platform/webhooks/issues.mdx; read 2026-11-27.
    const payload = {
      action: 'created',
      actor: { id: 'sentry', name: 'Sentry', type: 'application' },
      data: {
        issue: {
          annotations: [],
          assignedTo: null,
          count: '1',
          culprit: '?(runner)',
          firstSeen: '2019-08-19T20:58:37.391000Z',
          hasSeen: false,
          id: '1170820242',
          isBookmarked: false,
          isPublic: false,
          isSubscribed: false,
          lastSeen: '2019-08-19T20:58:37.391000Z',
          level: 'error',
          logger: null,
          metadata: { filename: '/runner', type: 'ReferenceError', value: 'blooopy is not defined' },
          numComments: 0,
          permalink: null,
          platform: 'javascript',
          project: { id: '1', name: 'front-end', platform: '', slug: 'front-end' },
          shareId: null,
          shortId: 'FRONT-END-9',
          status: 'unresolved',
          statusDetails: {},
          subscriptionDetails: null,
          substatus: 'escalating',
          title: 'ReferenceError: blooopy is not defined',
          type: 'error',
          userCount: 1,
        },
      },
      installation: { uuid: 'a8e5d37a-696c-4c54-adb5-b3f28d64c7de' },
    } satisfies Payload;
    expect(await received(sentry, payload, { 'sentry-hook-resource': 'issue' })).toEqual([
      { type: 'issue', payload: payload },
    ]);
    // @ts-expect-error A value of another type.
    ({ ...payload, action: 1 }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'issue' ? event.payload.data.issue.status : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<'resolved' | 'unresolved' | 'ignored' | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'isue';
    const handlers = {
      issue: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      isue: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for these', () => {
    expectTypeOf<NamesIn<SentryEvents>>().toEqualTypeOf<Listed<typeof list>>();
    expectTypeOf<Exclude<NamesIn<SentryEvents>, UntypedIn<SentryEvents>>>().toEqualTypeOf<'issue'>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      action: 'created',
      installation: { uuid: 'a8e5d37a' },
      data: { issue: { title: 'Fehler: ‘x’' } },
      n: 1.0,
    } satisfies FieldsOf<Payload> & { readonly n: number };
    expect(recordedBody('sentry')).toEqual(recorded);
  });
});
