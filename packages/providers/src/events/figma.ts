/** Event names of Figma, from its API specification. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const figma = {
  source: {
    title: 'Figma’s package @figma/rest-api-spec 0.43.0, WebhookV2Event',
    url: 'https://github.com/figma/rest-api-spec/blob/main/openapi/openapi.yaml',
    readOn: '2026-11-27',
  },
  names: [
    'DEV_MODE_STATUS_UPDATE',
    'FILE_COMMENT',
    'FILE_DELETE',
    'FILE_UPDATE',
    'FILE_VERSION_UPDATE',
    'LIBRARY_PUBLISH',
    'PING',
  ],
  always: ['type'],
} as const satisfies SenderEvents;

/** The events of Figma, with unknown payloads. */
export interface FigmaEvents extends NamedEvents<typeof figma> {}
