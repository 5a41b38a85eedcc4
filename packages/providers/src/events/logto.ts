/** Event names of Logto, from its package, without those that are under development. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const logto = {
  source: {
    title: 'Logto’s package, @logto/schemas 1.43.0, lib/foundations/jsonb-types/hooks.d.ts',
    url: 'https://www.npmjs.com/package/@logto/schemas/v/1.43.0',
    readOn: '2026-11-27',
  },
  names: [
    'Grant.LimitExceeded',
    'Identifier.Lockout',
    'Message.RateLimited',
    'Organization.Created',
    'Organization.Data.Updated',
    'Organization.Deleted',
    'Organization.Membership.Updated',
    'OrganizationRole.Created',
    'OrganizationRole.Data.Updated',
    'OrganizationRole.Deleted',
    'OrganizationRole.Scopes.Updated',
    'OrganizationScope.Created',
    'OrganizationScope.Data.Updated',
    'OrganizationScope.Deleted',
    'PostRegister',
    'PostResetPassword',
    'PostSignIn',
    'PostSignInAdaptiveMfaTriggered',
    'Role.Created',
    'Role.Data.Updated',
    'Role.Deleted',
    'Role.Scopes.Updated',
    'Scope.Created',
    'Scope.Data.Updated',
    'Scope.Deleted',
    'User.Created',
    'User.Data.Updated',
    'User.Deleted',
    'User.SuspensionStatus.Updated',
  ],
  always: ['type'],
} as const satisfies SenderEvents;

/** The events of Logto, with unknown payloads. */
export interface LogtoEvents extends NamedEvents<typeof logto> {}
