/** Event names of Auth0 that are generally available. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const auth0 = {
  source: {
    title: 'Auth0 documentation, Event Catalog 0.7.2, main/docs/oas/events/events-schema.json',
    url: 'https://github.com/auth0/docs-v2/blob/main/main/docs/oas/events/events-schema.json',
    readOn: '2026-11-27',
  },
  names: [
    'organization.created',
    'organization.deleted',
    'organization.member.added',
    'organization.member.deleted',
    'organization.member.role.assigned',
    'organization.member.role.deleted',
    'organization.updated',
    'user.created',
    'user.deleted',
    'user.updated',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of Auth0, with unknown payloads. */
export interface Auth0Events extends NamedEvents<typeof auth0> {}
