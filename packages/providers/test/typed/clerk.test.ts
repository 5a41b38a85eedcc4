import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { clerk as preset } from '../../src/clerk.ts';
import type { clerk as list } from '../../src/events/clerk.ts';
import { type ClerkEvents, clerk } from '../../src/typed/clerk.ts';
import {
  type FieldsOf,
  type Listed,
  type NamesIn,
  type Part,
  received,
  recordedBody,
  type UntypedIn,
} from './payloads.ts';

type Event = EventOf<typeof clerk>;
type Payload = ClerkEvents['user.created'];

describe('the payloads of Clerk', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: github.com/clerk/clerk-docs, docs/guides/development/webhooks/overview.mdx, without birthday, gender
    // and profile_image_url; read 2026-11-27.
    const payload = {
      data: {
        created_at: 1654012591514,
        email_addresses: [
          {
            email_address: 'example@example.org',
            id: 'idn_29w83yL7CwVlJXylYLxcslromF1',
            linked_to: [],
            object: 'email_address',
            verification: { status: 'verified', strategy: 'ticket' },
          },
        ],
        external_accounts: [],
        external_id: '567772',
        first_name: 'Example',
        id: 'user_29w83sxmDNGwOuEthce5gg56FcC',
        image_url: 'https://img.clerk.com/xxxxxx',
        last_name: 'Example',
        last_sign_in_at: 1654012591514,
        object: 'user',
        password_enabled: true,
        phone_numbers: [],
        primary_email_address_id: 'idn_29w83yL7CwVlJXylYLxcslromF1',
        primary_phone_number_id: null,
        primary_web3_wallet_id: null,
        private_metadata: {},
        public_metadata: {},
        two_factor_enabled: false,
        unsafe_metadata: {},
        updated_at: 1654012591835,
        username: null,
        web3_wallets: [],
      },
      instance_id: 'ins_123',
      object: 'event',
      timestamp: 1654012591835,
      type: 'user.created',
    } satisfies Part<Payload>;
    expect(await received(clerk, payload)).toEqual([{ type: 'user.created', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, timestamp: '2026-11-27' }) satisfies Part<Payload>;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Part<Payload>;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'user.created' ? event.payload.data.username : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | null | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'user.create';
    const handlers = {
      'user.created': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'user.create': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for each', () => {
    expectTypeOf<Exclude<NamesIn<ClerkEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<ClerkEvents>>().toEqualTypeOf<never>();
  });

  it('have fields that the page does not show, and lack some that it shows', () => {
    expectTypeOf<'event_attributes'>().toExtend<keyof Payload>();
    expectTypeOf<Extract<keyof Payload['data'], 'birthday' | 'gender' | 'profile_image_url'>>().toEqualTypeOf<never>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      type: 'example.created',
      timestamp: '2026-11-21T09:00:00Z',
      data: { name: 'Zoë  €', n: 1.0 },
    } satisfies FieldsOf<ClerkEvents['user.created']>;
    expect(recordedBody('clerk')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/clerk', () => {
    expect(clerk).toBe(preset);
  });
});
