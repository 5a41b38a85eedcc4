/** The events that an add-on of Clockify can subscribe to. The page shows no payload. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const clockifyAddon = {
  source: {
    title: 'CAKE.com Marketplace documentation, Webhooks',
    url: 'https://dev-docs.marketplace.cake.com/documentation/build/manifest/webhooks.html',
    readOn: '2026-11-21',
  },
  names: [
    'APPROVAL_REQUEST_STATUS_UPDATED',
    'ASSIGNMENT_CREATED',
    'ASSIGNMENT_DELETED',
    'ASSIGNMENT_PUBLISHED',
    'ASSIGNMENT_UPDATED',
    'BALANCE_UPDATED',
    'CLIENT_DELETED',
    'CLIENT_UPDATED',
    'EXPENSE_CREATED',
    'EXPENSE_DELETED',
    'EXPENSE_UPDATED',
    'INVOICE_UPDATED',
    'NEW_APPROVAL_REQUEST',
    'NEW_CLIENT',
    'NEW_INVOICE',
    'NEW_PROJECT',
    'NEW_TAG',
    'NEW_TASK',
    'NEW_TIMER_STARTED',
    'NEW_TIME_ENTRY',
    'PROJECT_DELETED',
    'PROJECT_UPDATED',
    'TAG_DELETED',
    'TAG_UPDATED',
    'TASK_DELETED',
    'TASK_UPDATED',
    'TIMER_STOPPED',
    'TIME_ENTRY_DELETED',
    'TIME_ENTRY_UPDATED',
    'TIME_OFF_REQUESTED',
    'TIME_OFF_REQUEST_APPROVED',
    'TIME_OFF_REQUEST_REJECTED',
    'TIME_OFF_REQUEST_WITHDRAWN',
    'USER_ACTIVATED_ON_WORKSPACE',
    'USER_DEACTIVATED_ON_WORKSPACE',
    'USER_DELETED_FROM_WORKSPACE',
    'USER_EMAIL_CHANGED',
    'USER_GROUP_CREATED',
    'USER_GROUP_DELETED',
    'USER_GROUP_UPDATED',
    'USER_JOINED_WORKSPACE',
    'USER_UPDATED',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of an add-on, with unknown payloads. */
export interface ClockifyAddonEvents extends NamedEvents<typeof clockifyAddon> {}
