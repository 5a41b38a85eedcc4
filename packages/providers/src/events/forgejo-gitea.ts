/** Event names of Gitea, as in the header X-Gitea-Event. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const forgejoGitea = {
  source: {
    title: 'Gitea, modules/webhook/type.go, HookEventType and Event()',
    url: 'https://github.com/go-gitea/gitea/blob/main/modules/webhook/type.go',
    readOn: '2026-11-27',
  },
  names: [
    'create',
    'delete',
    'fork',
    'issue_comment',
    'issues',
    'package',
    'pull_request',
    'pull_request_approved',
    'pull_request_comment',
    'pull_request_rejected',
    'push',
    'release',
    'repository',
    'status',
    'wiki',
    'workflow_job',
    'workflow_run',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of Forgejo and Gitea, with unknown payloads. */
export interface ForgejoGiteaEvents extends NamedEvents<typeof forgejoGitea> {}
