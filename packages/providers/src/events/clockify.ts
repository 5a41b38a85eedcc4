/** Clockify's events, for three presets: its kinds of signature. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

/** The one body that the page shows, a time entry. Instants and the duration are written as in ISO 8601. */
export interface ClockifyTimeEntry {
  readonly id: string;
  readonly userId: string;
  readonly workspaceId: string;
  readonly description: string;
  readonly projectId: string;
  readonly timeInterval: { readonly start: string; readonly end: string; readonly duration: string };
  readonly billable: boolean;
  readonly tags: readonly unknown[];
}

/** The one body that the page shows, with values of our own. */
export const clockify = {
  source: {
    title: 'Clockify Webhooks API Guide (a page of a third party, not of Clockify)',
    url: 'https://glama.ai/mcp/servers/@KeithHanson/clockify-mcp/blob/a3636a728afab9f4417afdac886cdfd9210fbd27/docs/06_WEBHOOKS_API.md',
    readOn: '2026-11-26',
  },
  names: [
    'APPROVAL_REQUEST_STATUS_UPDATED',
    'ASSIGNMENT_CREATED',
    'ASSIGNMENT_DELETED',
    'ASSIGNMENT_PUBLISHED',
    'ASSIGNMENT_UPDATED',
    'BALANCE_UPDATED',
    'BILLABLE_RATE_UPDATED',
    'CLIENT_DELETED',
    'CLIENT_UPDATED',
    'COST_RATE_UPDATED',
    'EXPENSE_CREATED',
    'EXPENSE_DELETED',
    'EXPENSE_RESTORED',
    'EXPENSE_UPDATED',
    'INVOICE_UPDATED',
    'LIMITED_USERS_ADDED_TO_WORKSPACE',
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
    'TIME_ENTRY_RESTORED',
    'TIME_ENTRY_SPLIT',
    'TIME_ENTRY_UPDATED',
    'TIME_OFF_REQUESTED',
    'TIME_OFF_REQUEST_APPROVED',
    'TIME_OFF_REQUEST_REJECTED',
    'TIME_OFF_REQUEST_UPDATED',
    'TIME_OFF_REQUEST_WITHDRAWN',
    'USERS_INVITED_TO_WORKSPACE',
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
  samples: {
    NEW_TIME_ENTRY: {
      userId: 'example',
      workspaceId: 'example',
      description: 'example',
      projectId: 'example',
      timeInterval: { start: '2026-11-26T08:00:00Z', end: '2026-11-26T09:00:00Z', duration: 'PT1H' },
      billable: false,
      tags: [],
    },
  },
} as const satisfies SenderEvents;

/** Clockify's events. The page shows one body, a time entry's; all others are unknown. */
export interface ClockifyEvents extends Omit<NamedEvents<typeof clockify>, 'NEW_TIME_ENTRY'> {
  readonly NEW_TIME_ENTRY: ClockifyTimeEntry;
}
