/** The events of Clockify, shared by three presets for its kinds of signature. */

/** Their names. */
export const clockifyEvents = [
  'NEW_TIMER_STARTED',
  'TIMER_STOPPED',
  'NEW_TIME_ENTRY',
  'TIME_ENTRY_UPDATED',
  'TIME_ENTRY_DELETED',
  'TIME_ENTRY_RESTORED',
  'TIME_ENTRY_SPLIT',
  'NEW_PROJECT',
  'PROJECT_UPDATED',
  'PROJECT_DELETED',
  'NEW_TASK',
  'TASK_UPDATED',
  'TASK_DELETED',
  'NEW_CLIENT',
  'CLIENT_UPDATED',
  'CLIENT_DELETED',
  'NEW_TAG',
  'TAG_UPDATED',
  'TAG_DELETED',
  'USER_JOINED_WORKSPACE',
  'USER_DELETED_FROM_WORKSPACE',
  'USER_ACTIVATED_ON_WORKSPACE',
  'USER_DEACTIVATED_ON_WORKSPACE',
  'USER_EMAIL_CHANGED',
  'USER_UPDATED',
  'USERS_INVITED_TO_WORKSPACE',
  'LIMITED_USERS_ADDED_TO_WORKSPACE',
  'USER_GROUP_CREATED',
  'USER_GROUP_UPDATED',
  'USER_GROUP_DELETED',
  'NEW_APPROVAL_REQUEST',
  'APPROVAL_REQUEST_STATUS_UPDATED',
  'TIME_OFF_REQUESTED',
  'TIME_OFF_REQUEST_UPDATED',
  'TIME_OFF_REQUEST_APPROVED',
  'TIME_OFF_REQUEST_REJECTED',
  'TIME_OFF_REQUEST_WITHDRAWN',
  'BALANCE_UPDATED',
  'EXPENSE_CREATED',
  'EXPENSE_UPDATED',
  'EXPENSE_DELETED',
  'EXPENSE_RESTORED',
  'NEW_INVOICE',
  'INVOICE_UPDATED',
  'ASSIGNMENT_CREATED',
  'ASSIGNMENT_UPDATED',
  'ASSIGNMENT_DELETED',
  'ASSIGNMENT_PUBLISHED',
  'COST_RATE_UPDATED',
  'BILLABLE_RATE_UPDATED',
] as const;

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

/** Clockify's events. The page shows one body, a time entry's; all others are unknown. */
export interface ClockifyEvents
  extends Readonly<Record<Exclude<(typeof clockifyEvents)[number], 'NEW_TIME_ENTRY'>, unknown>> {
  readonly NEW_TIME_ENTRY: ClockifyTimeEntry;
}

/** The one body that the page shows, with values of our own. */
export const clockifySamples = {
  NEW_TIME_ENTRY: {
    userId: 'example',
    workspaceId: 'example',
    description: 'example',
    projectId: 'example',
    timeInterval: { start: '2026-11-26T08:00:00Z', end: '2026-11-26T09:00:00Z', duration: 'PT1H' },
    billable: false,
    tags: [],
  },
} as const satisfies { readonly NEW_TIME_ENTRY: Omit<ClockifyTimeEntry, 'id'> };
