/**
 * Sample payloads of Clerk, in part: the package requires fields that its documentation does not show.
 *
 * Fields: github.com/clerk/clerk-docs, docs/guides/development/webhooks/overview.mdx, and the package’s types;
 * read 2026-11-27.
 */

import type { Part, PartsOf, SenderSamples } from '../events/sender-events.ts';
import type { ClerkEvents } from '../typed/clerk.ts';

const user: Part<ClerkEvents['user.created']>['data'] = {
  id: 'user_sample0000000000000000001',
  object: 'user',
  external_id: '4711',
  first_name: 'Ada',
  last_name: 'Example',
  username: null,
  image_url: 'https://img.example.com/ada.png',
  has_image: true,
  primary_email_address_id: 'idn_sample000000000000000000001',
  primary_phone_number_id: null,
  primary_web3_wallet_id: null,
  password_enabled: true,
  two_factor_enabled: false,
  email_addresses: [
    {
      id: 'idn_sample000000000000000000001',
      object: 'email_address',
      email_address: 'ada@example.com',
      linked_to: [],
      verification: { status: 'verified', strategy: 'email_code' },
    },
  ],
  phone_numbers: [],
  web3_wallets: [],
  external_accounts: [],
  public_metadata: {},
  private_metadata: {},
  unsafe_metadata: {},
  last_sign_in_at: null,
  banned: false,
  locked: false,
  created_at: 1772359200000,
  updated_at: 1772359200000,
};

const instance_id = 'ins_sample000000000000000000001';

export const samples: SenderSamples = {
  'user.created': { data: user, object: 'event', type: 'user.created', instance_id, timestamp: 1772359205000 },
  'user.updated': {
    data: { ...user, first_name: 'Augusta', updated_at: 1772445600000 },
    object: 'event',
    type: 'user.updated',
    instance_id,
    timestamp: 1772445600000,
  },
  'user.deleted': {
    data: { id: 'user_sample0000000000000000001', object: 'user', external_id: '4711', deleted: true },
    object: 'event',
    type: 'user.deleted',
    instance_id,
    timestamp: 1772532000000,
  },
  'session.created': {
    data: {
      id: 'sess_sample000000000000000000001',
      object: 'session',
      client_id: 'client_sample00000000000000001',
      user_id: 'user_sample0000000000000000001',
      status: 'active',
      last_active_at: 1772359205000,
      expire_at: 1772964005000,
      abandon_at: 1774951205000,
      created_at: 1772359205000,
      updated_at: 1772359205000,
    },
    object: 'event',
    type: 'session.created',
    instance_id,
    timestamp: 1772359205000,
  },
  'organization.created': {
    data: {
      id: 'org_sample0000000000000000000001',
      object: 'organization',
      name: 'Example',
      slug: 'example',
      created_by: 'user_sample0000000000000000001',
      public_metadata: {},
      max_allowed_memberships: 5,
      created_at: 1772359200000,
      updated_at: 1772359200000,
    },
    object: 'event',
    type: 'organization.created',
    instance_id,
    timestamp: 1772359205000,
  },
} satisfies PartsOf<ClerkEvents>;
