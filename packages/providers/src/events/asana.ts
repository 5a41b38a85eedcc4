/** Resource types and actions of Asana. Its list names only the most common ones. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const asana = {
  source: {
    title: 'Asana developer documentation, Webhooks, Resources and actions',
    url: 'https://github.com/Asana/developer-docs/blob/master/source/includes/markdown/_webhooks.html.md',
    readOn: '2026-11-27',
  },
  names: [
    'attachment.deleted',
    'attachment.undeleted',
    'portfolio.added',
    'portfolio.deleted',
    'portfolio.removed',
    'project.added',
    'project.changed',
    'project.deleted',
    'project.removed',
    'project.undeleted',
    'project_membership.added',
    'project_membership.removed',
    'section.added',
    'section.changed',
    'section.deleted',
    'section.undeleted',
    'story.added',
    'story.changed',
    'story.removed',
    'story.undeleted',
    'tag.added',
    'tag.changed',
    'tag.deleted',
    'tag.undeleted',
    'task.added',
    'task.changed',
    'task.deleted',
    'task.removed',
    'task.undeleted',
    'team.added',
    'team.changed',
    'team.deleted',
    'team_membership.added',
    'team_membership.removed',
    'workspace.added',
    'workspace.changed',
    'workspace.removed',
    'workspace_membership.added',
    'workspace_membership.removed',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of Asana, with unknown payloads. */
export interface AsanaEvents extends NamedEvents<typeof asana> {}
