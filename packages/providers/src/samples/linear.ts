/**
 * Sample payloads of Linear, in part: its package gives an issue and a comment many more fields.
 *
 * Fields: https://linear.app/developers/webhooks, as public pages quote it, and the package’s types; read
 * 2026-11-27.
 */

import type { Part, PartsOf, SenderSamples } from '../events/sender-events.ts';
import type { LinearEvents } from '../typed/linear.ts';

const common = {
  createdAt: '2026-03-01T10:00:05.000Z',
  organizationId: '00000000-0000-4000-8000-000000000001',
  webhookId: '00000000-0000-4000-8000-000000000002',
  webhookTimestamp: 1772359206000,
};

const actor = {
  id: '00000000-0000-4000-8000-000000000003',
  type: 'user',
  name: 'Ada Example',
  email: 'ada@example.com',
  url: 'https://linear.app/example/profiles/ada',
};

const issue: Part<LinearEvents['Issue.create']>['data'] = {
  id: '00000000-0000-4000-8000-000000000004',
  createdAt: '2026-03-01T10:00:05.000Z',
  updatedAt: '2026-03-01T10:00:05.000Z',
  number: 17,
  identifier: 'EX-17',
  title: 'Show the receipt after checkout',
  description: 'The page is empty.',
  priority: 2,
  priorityLabel: 'High',
  url: 'https://linear.app/example/issue/EX-17',
  teamId: '00000000-0000-4000-8000-000000000005',
  team: { id: '00000000-0000-4000-8000-000000000005', key: 'EX', name: 'Example' },
  stateId: '00000000-0000-4000-8000-000000000006',
  state: { id: '00000000-0000-4000-8000-000000000006', color: '#e2e2e2', name: 'Todo', type: 'unstarted' },
  creatorId: '00000000-0000-4000-8000-000000000003',
  labelIds: [],
  labels: [],
};

export const samples: SenderSamples = {
  'Issue.create': {
    ...common,
    action: 'create',
    type: 'Issue',
    actor,
    data: issue,
    url: 'https://linear.app/example/issue/EX-17',
  },
  'Issue.update': {
    ...common,
    action: 'update',
    type: 'Issue',
    actor,
    data: { ...issue, title: 'Show the receipt after payment', updatedAt: '2026-03-02T08:00:00.000Z' },
    updatedFrom: { title: 'Show the receipt after checkout', updatedAt: '2026-03-01T10:00:05.000Z' },
    url: 'https://linear.app/example/issue/EX-17',
  },
  'Comment.create': {
    ...common,
    action: 'create',
    type: 'Comment',
    actor,
    data: {
      id: '00000000-0000-4000-8000-000000000007',
      createdAt: '2026-03-01T11:00:00.000Z',
      updatedAt: '2026-03-01T11:00:00.000Z',
      body: 'Fixed in the next release.',
      issueId: '00000000-0000-4000-8000-000000000004',
      userId: '00000000-0000-4000-8000-000000000003',
    },
    url: 'https://linear.app/example/issue/EX-17#comment-1',
  },
} satisfies PartsOf<LinearEvents>;
