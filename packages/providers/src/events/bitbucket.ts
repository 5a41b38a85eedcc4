/** Event keys of Bitbucket Cloud, as in the header X-Event-Key. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const bitbucket = {
  source: {
    title: 'Atlassian’s API description, in the package bitbucket 2.12.0 (not by Atlassian), lib/bitbucket.d.ts',
    url: 'https://github.com/MunifTanjim/node-bitbucket',
    readOn: '2026-11-27',
  },
  names: [
    'issue:comment_created',
    'issue:created',
    'issue:updated',
    'project:updated',
    'pullrequest:approved',
    'pullrequest:changes_request_created',
    'pullrequest:changes_request_removed',
    'pullrequest:comment_created',
    'pullrequest:comment_deleted',
    'pullrequest:comment_reopened',
    'pullrequest:comment_resolved',
    'pullrequest:comment_updated',
    'pullrequest:created',
    'pullrequest:fulfilled',
    'pullrequest:rejected',
    'pullrequest:unapproved',
    'pullrequest:updated',
    'repo:commit_comment_created',
    'repo:commit_status_created',
    'repo:commit_status_updated',
    'repo:created',
    'repo:deleted',
    'repo:fork',
    'repo:imported',
    'repo:push',
    'repo:transfer',
    'repo:updated',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of Bitbucket Cloud, with unknown payloads. */
export interface BitbucketEvents extends NamedEvents<typeof bitbucket> {}
