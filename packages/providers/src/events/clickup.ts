/** Event names of ClickUp. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const clickup = {
  source: {
    title: 'Lists of third parties that agree: api-evangelist/clickup and packages for ClickUp’s API',
    url: 'https://github.com/api-evangelist/clickup/blob/main/openapi/_original/clickup-webhooks-openapi.yml',
    readOn: '2026-11-27',
  },
  names: [
    'folderCreated',
    'folderDeleted',
    'folderUpdated',
    'goalCreated',
    'goalDeleted',
    'goalUpdated',
    'keyResultCreated',
    'keyResultDeleted',
    'keyResultUpdated',
    'listCreated',
    'listDeleted',
    'listUpdated',
    'spaceCreated',
    'spaceDeleted',
    'spaceUpdated',
    'taskAssigneeUpdated',
    'taskCommentPosted',
    'taskCommentUpdated',
    'taskCreated',
    'taskDeleted',
    'taskDueDateUpdated',
    'taskMoved',
    'taskPriorityUpdated',
    'taskStatusUpdated',
    'taskTagUpdated',
    'taskTimeEstimateUpdated',
    'taskTimeTrackedUpdated',
    'taskUpdated',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of ClickUp, with unknown payloads. */
export interface ClickUpEvents extends NamedEvents<typeof clickup> {}
