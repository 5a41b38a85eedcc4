/**
 * Sample payloads of Notion.
 *
 * Fields: https://developers.notion.com/reference/webhooks/page-created and the package’s types; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { NotionEvents } from '../typed/notion.ts';

const common = {
  id: '00000000-0000-4000-8000-000000000001',
  timestamp: '2026-03-01T10:00:05.000Z',
  workspace_id: '00000000-0000-4000-8000-000000000002',
  workspace_name: 'Example',
  subscription_id: '00000000-0000-4000-8000-000000000003',
  integration_id: '00000000-0000-4000-8000-000000000004',
  authors: [{ id: '00000000-0000-4000-8000-000000000005', type: 'person' as const }],
  accessible_by: [{ id: '00000000-0000-4000-8000-000000000005', type: 'person' as const }],
  attempt_number: 1,
  api_version: '2025-09-03' as const,
};

const page = { id: '00000000-0000-4000-8000-000000000006', type: 'page' as const };
const parent = { id: '00000000-0000-4000-8000-000000000002', type: 'space' as const };

export const samples: SenderSamples = {
  'page.created': { ...common, type: 'page.created', entity: page, data: { parent } },
  'page.content_updated': {
    ...common,
    type: 'page.content_updated',
    entity: page,
    data: { parent, updated_blocks: [{ id: '00000000-0000-4000-8000-000000000007', type: 'block' }] },
  },
  'page.deleted': { ...common, type: 'page.deleted', entity: page, data: { parent } },
  'comment.created': {
    ...common,
    type: 'comment.created',
    entity: { id: '00000000-0000-4000-8000-000000000008', type: 'comment' },
    data: { page_id: page.id, parent: { id: page.id, type: 'page' } },
  },
} satisfies SamplesOf<NotionEvents>;
