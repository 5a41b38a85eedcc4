import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { plaid as list } from '../../src/events/plaid.ts';
import { plaid as preset } from '../../src/plaid.ts';
import { type PlaidEvents, plaid } from '../../src/typed/plaid.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof plaid>;
type Payload = PlaidEvents['TRANSACTIONS.SYNC_UPDATES_AVAILABLE'];

describe('the payloads of Plaid', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: Plaid’s OpenAPI description, github.com/plaid/plaid-openapi, the example of
    // SyncUpdatesAvailableWebhook; read 2026-11-27.
    const payload = {
      webhook_type: 'TRANSACTIONS',
      webhook_code: 'SYNC_UPDATES_AVAILABLE',
      item_id: 'wz666MBjYWTp2PDzzggYhM6oWWmBb',
      user_id: 'usr_9nSp2KuZ2x4JDw',
      initial_update_complete: true,
      historical_update_complete: false,
      environment: 'production',
    } satisfies Payload;
    expect(await received(plaid, payload)).toEqual([{ type: 'TRANSACTIONS.SYNC_UPDATES_AVAILABLE', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, environment: 'staging' }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) =>
      event.type === 'TRANSACTIONS.SYNC_UPDATES_AVAILABLE' ? event.payload.initial_update_complete : undefined;
    expectTypeOf(read).returns.toEqualTypeOf<boolean | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'TRANSACTIONS.SYNC_UPDATES_AVAILABL';
    const handlers = {
      'TRANSACTIONS.SYNC_UPDATES_AVAILABLE': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'TRANSACTIONS.SYNC_UPDATES_AVAILABL': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('differ from the list by these names', () => {
    expectTypeOf<Exclude<NamesIn<PlaidEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<PlaidEvents>>().toEqualTypeOf<'PROCESSOR_TOKEN.WEBHOOK_UPDATE_ACKNOWLEDGED'>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      webhook_type: 'TRANSACTIONS',
      webhook_code: 'SYNC_UPDATES_AVAILABLE',
      item_id: 'wz666MBjYWTp2PDzzggYhM6oWWmBb',
      note: 'é',
    } satisfies FieldsOf<Payload> & { readonly note: string };
    expect(recordedBody('plaid')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/plaid', () => {
    expect(plaid).toBe(preset);
  });
});
