/** Event names of Notion, from its package. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const notion = {
  source: {
    title: 'Notion’s package, @notionhq/client 5.26.0, build/src/api-endpoints/webhooks.d.ts',
    url: 'https://www.npmjs.com/package/@notionhq/client/v/5.26.0',
    readOn: '2026-11-27',
  },
  names: [
    'comment.created',
    'comment.deleted',
    'comment.updated',
    'data_source.content_updated',
    'data_source.created',
    'data_source.deleted',
    'data_source.moved',
    'data_source.schema_updated',
    'data_source.undeleted',
    'database.content_updated',
    'database.created',
    'database.deleted',
    'database.moved',
    'database.schema_updated',
    'database.undeleted',
    'file_upload.completed',
    'file_upload.created',
    'file_upload.expired',
    'file_upload.upload_failed',
    'page.content_updated',
    'page.created',
    'page.deleted',
    'page.locked',
    'page.moved',
    'page.properties_updated',
    'page.transcription_block.transcript_deleted',
    'page.undeleted',
    'page.unlocked',
    'view.created',
    'view.deleted',
    'view.updated',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of Notion, with unknown payloads. */
export interface NotionEvents extends NamedEvents<typeof notion> {}
