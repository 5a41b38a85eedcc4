/** Event names of Clerk, from its package. */

import { samples } from './samples/clerk.ts';
import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const clerk = {
  source: {
    title: 'Clerk’s package @clerk/backend 3.25.0, dist/api/resources/Webhooks.d.ts',
    url: 'https://github.com/clerk/javascript/blob/main/packages/backend/src/api/resources/Webhooks.ts',
    readOn: '2026-11-27',
  },
  names: [
    'email.created',
    'organization.created',
    'organization.deleted',
    'organization.updated',
    'organizationDomain.created',
    'organizationDomain.deleted',
    'organizationDomain.updated',
    'organizationInvitation.accepted',
    'organizationInvitation.created',
    'organizationInvitation.revoked',
    'organizationMembership.created',
    'organizationMembership.deleted',
    'organizationMembership.updated',
    'paymentAttempt.created',
    'paymentAttempt.updated',
    'permission.created',
    'permission.deleted',
    'permission.updated',
    'role.created',
    'role.deleted',
    'role.updated',
    'session.created',
    'session.ended',
    'session.removed',
    'session.revoked',
    'sms.created',
    'subscription.active',
    'subscription.created',
    'subscription.pastDue',
    'subscription.updated',
    'subscriptionItem.abandoned',
    'subscriptionItem.active',
    'subscriptionItem.canceled',
    'subscriptionItem.created',
    'subscriptionItem.ended',
    'subscriptionItem.freeTrialEnding',
    'subscriptionItem.incomplete',
    'subscriptionItem.pastDue',
    'subscriptionItem.upcoming',
    'subscriptionItem.updated',
    'user.created',
    'user.deleted',
    'user.updated',
    'waitlistEntry.created',
    'waitlistEntry.updated',
  ],
  always: ['id', 'type'],
  samples,
} as const satisfies SenderEvents;

/** The events of Clerk, with unknown payloads. */
export interface ClerkEvents extends NamedEvents<typeof clerk> {}
