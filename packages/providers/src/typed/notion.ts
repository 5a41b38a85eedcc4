/** Notion: the preset with the payloads of the package @notionhq/client. */

import type { Provider } from '@countersign/core';
import type {
  CommentCreatedWebhookPayload,
  CommentDeletedWebhookPayload,
  CommentUpdatedWebhookPayload,
  DatabaseContentUpdatedWebhookPayload,
  DatabaseCreatedWebhookPayload,
  DatabaseDeletedWebhookPayload,
  DatabaseMovedWebhookPayload,
  DatabaseSchemaUpdatedWebhookPayload,
  DatabaseUndeletedWebhookPayload,
  DataSourceContentUpdatedWebhookPayload,
  DataSourceCreatedWebhookPayload,
  DataSourceDeletedWebhookPayload,
  DataSourceMovedWebhookPayload,
  DataSourceSchemaUpdatedWebhookPayload,
  DataSourceUndeletedWebhookPayload,
  FileUploadCompletedWebhookPayload,
  FileUploadCreatedWebhookPayload,
  FileUploadExpiredWebhookPayload,
  FileUploadUploadFailedWebhookPayload,
  PageContentUpdatedWebhookPayload,
  PageCreatedWebhookPayload,
  PageDeletedWebhookPayload,
  PageLockedWebhookPayload,
  PageMovedWebhookPayload,
  PagePropertiesUpdatedWebhookPayload,
  PageTranscriptionBlockTranscriptDeletedWebhookPayload,
  PageUndeletedWebhookPayload,
  PageUnlockedWebhookPayload,
  ViewCreatedWebhookPayload,
  ViewDeletedWebhookPayload,
  ViewUpdatedWebhookPayload,
} from '@notionhq/client';
import type { NotionEvents as NamedNotionEvents } from '../events/notion.ts';
import { notion as preset } from '../notion.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

/** The union of the payloads that the package has, which has none itself. */
export type NotionPayload =
  | CommentCreatedWebhookPayload
  | CommentDeletedWebhookPayload
  | CommentUpdatedWebhookPayload
  | DataSourceContentUpdatedWebhookPayload
  | DataSourceCreatedWebhookPayload
  | DataSourceDeletedWebhookPayload
  | DataSourceMovedWebhookPayload
  | DataSourceSchemaUpdatedWebhookPayload
  | DataSourceUndeletedWebhookPayload
  | DatabaseContentUpdatedWebhookPayload
  | DatabaseCreatedWebhookPayload
  | DatabaseDeletedWebhookPayload
  | DatabaseMovedWebhookPayload
  | DatabaseSchemaUpdatedWebhookPayload
  | DatabaseUndeletedWebhookPayload
  | FileUploadCompletedWebhookPayload
  | FileUploadCreatedWebhookPayload
  | FileUploadExpiredWebhookPayload
  | FileUploadUploadFailedWebhookPayload
  | PageContentUpdatedWebhookPayload
  | PageCreatedWebhookPayload
  | PageDeletedWebhookPayload
  | PageLockedWebhookPayload
  | PageMovedWebhookPayload
  | PagePropertiesUpdatedWebhookPayload
  | PageTranscriptionBlockTranscriptDeletedWebhookPayload
  | PageUndeletedWebhookPayload
  | PageUnlockedWebhookPayload
  | ViewCreatedWebhookPayload
  | ViewDeletedWebhookPayload
  | ViewUpdatedWebhookPayload;

/**
 * The events of Notion. Payloads: one type for each event, such as `PageCreatedWebhookPayload`, of @notionhq/client
 * 5.26.0.
 */
export interface NotionEvents extends TypedEvents<NamedNotionEvents, ByType<NotionPayload, 'type'>> {}

/**
 * The preset of Notion with the payloads of the package @notionhq/client; at run time the same object as in
 * `@countersign/providers/notion`.
 *
 * Install the package for its types: `npm install --save-dev @notionhq/client`. None of its code is loaded.
 *
 * @example
 * import { notion } from '@countersign/providers/notion/typed';
 *
 * const read = (event: EventOf<typeof notion>) =>
 *   event.type === 'page.created' ? event.payload.entity.id : undefined;
 */
export const notion = preset as Provider<NotionEvents, 'secrets'>;
