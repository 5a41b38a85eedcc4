/** Event names of GitLab, as in object_kind. Group events about members and projects have none. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const gitlab = {
  source: {
    title: 'GitLab documentation, doc/user/project/integrations/webhook_events.md',
    url: 'https://github.com/gitlabhq/gitlabhq/blob/master/doc/user/project/integrations/webhook_events.md',
    readOn: '2026-11-27',
  },
  names: [
    'access_token',
    'build',
    'deployment',
    'emoji',
    'feature_flag',
    'issue',
    'merge_request',
    'milestone',
    'note',
    'pipeline',
    'push',
    'release',
    'tag_push',
    'vulnerability',
    'wiki_page',
    'work_item',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of GitLab, with unknown payloads. */
export interface GitLabEvents extends NamedEvents<typeof gitlab> {}
