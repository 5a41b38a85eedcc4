/** Figma: the preset with the payloads of the package @figma/rest-api-spec. */

import type { Provider } from '@countersign/core';
import type {
  WebhookDevModeStatusUpdatePayload,
  WebhookFileCommentPayload,
  WebhookFileDeletePayload,
  WebhookFileUpdatePayload,
  WebhookFileVersionUpdatePayload,
  WebhookLibraryPublishPayload,
  WebhookPingPayload,
} from '@figma/rest-api-spec';
import type { FigmaEvents as NamedFigmaEvents } from '../events/figma.ts';
import { figma as preset } from '../figma.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

/** The union of the payloads that the package has, which has none itself. */
export type FigmaPayload =
  | WebhookPingPayload
  | WebhookFileUpdatePayload
  | WebhookFileDeletePayload
  | WebhookFileVersionUpdatePayload
  | WebhookLibraryPublishPayload
  | WebhookFileCommentPayload
  | WebhookDevModeStatusUpdatePayload;

/**
 * The events of Figma. Payloads: one type for each event, such as `WebhookFileUpdatePayload`, of @figma/rest-api-spec
 * 0.43.0.
 */
export interface FigmaEvents extends TypedEvents<NamedFigmaEvents, ByType<FigmaPayload, 'event_type'>> {}

/**
 * The preset of Figma with the payloads of the package @figma/rest-api-spec; at run time the same object as in
 * `@countersign/providers/figma`.
 *
 * Install the package for its types: `npm install --save-dev @figma/rest-api-spec`. None of its code is loaded.
 *
 * @example
 * import { figma } from '@countersign/providers/figma/typed';
 *
 * const read = (event: EventOf<typeof figma>) =>
 *   event.type === 'FILE_UPDATE' ? event.payload.file_key : undefined;
 */
export const figma = preset as Provider<FigmaEvents, 'secrets'>;
