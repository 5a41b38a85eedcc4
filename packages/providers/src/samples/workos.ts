/**
 * Sample payloads of WorkOS, in part: its package gives them fields that the documentation does not show.
 *
 * Fields: github.com/workos/workos-node, src/webhooks/fixtures/webhook.json, and the package’s types; read
 * 2026-11-27.
 */

import type { Part, PartsOf, SenderSamples } from '../events/sender-events.ts';
import type { AsJson } from '../typed/typed-events.ts';
import type { WorkOSEvents } from '../typed/workos.ts';

const created_at = '2026-03-01T10:00:05.000Z';

const user: Part<WorkOSEvents['user.created']>['data'] = {
  object: 'user',
  id: 'user_01SAMPLE0000000000000001',
  email: 'ada@example.com',
  first_name: 'Ada',
  last_name: 'Example',
  email_verified: true,
  profile_picture_url: 'https://img.example.com/ada.png',
  last_sign_in_at: null,
  external_id: '4711',
  metadata: {},
  created_at: '2026-03-01T10:00:00.000Z',
  updated_at: '2026-03-01T10:00:00.000Z',
};

export const samples: SenderSamples = {
  'user.created': { id: 'event_01SAMPLE0000000000000001', event: 'user.created', created_at, data: user },
  'user.updated': {
    id: 'event_01SAMPLE0000000000000002',
    event: 'user.updated',
    created_at,
    data: { ...user, first_name: 'Augusta', updated_at: created_at },
  },
  'dsync.user.created': {
    id: 'event_01SAMPLE0000000000000003',
    event: 'dsync.user.created',
    created_at,
    data: {
      object: 'directory_user',
      id: 'directory_user_01SAMPLE000000000000001',
      directory_id: 'directory_01SAMPLE00000000000000001',
      organization_id: 'org_01SAMPLE00000000000000001',
      idp_id: 'sample-idp-0001',
      email: 'ada@example.com',
      first_name: 'Ada',
      last_name: 'Example',
      state: 'active',
      custom_attributes: {},
      created_at: '2026-03-01T10:00:00.000Z',
      updated_at: '2026-03-01T10:00:00.000Z',
    },
  },
  'connection.activated': {
    id: 'event_01SAMPLE0000000000000004',
    event: 'connection.activated',
    created_at,
    data: {
      object: 'connection',
      id: 'conn_01SAMPLE00000000000000001',
      organization_id: 'org_01SAMPLE00000000000000001',
      connection_type: 'OktaSAML',
      name: 'Example SSO',
      state: 'active',
      created_at: '2026-03-01T10:00:00.000Z',
      updated_at: '2026-03-01T10:00:00.000Z',
    },
  },
} satisfies PartsOf<AsJson<WorkOSEvents>>;
