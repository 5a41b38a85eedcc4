/**
 * Sample payloads of Figma.
 *
 * Fields: https://developers.figma.com/docs/rest-api/webhooks-types and the package’s types; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { FigmaEvents } from '../typed/figma.ts';

const common = {
  passcode: 'example-passcode-0123456789',
  timestamp: '2026-03-01T10:00:05Z',
  webhook_id: '1001',
  file_key: 'sampleFileKey00000001',
  file_name: 'Example designs',
};

const ada = { id: '2000000000000001', handle: 'Ada Example', img_url: 'https://img.example.com/ada.png' };

export const samples: SenderSamples = {
  FILE_UPDATE: { ...common, event_type: 'FILE_UPDATE' },
  FILE_COMMENT: {
    ...common,
    event_type: 'FILE_COMMENT',
    comment: [{ text: 'The button needs more contrast.' }],
    comment_id: '3000000001',
    created_at: '2026-03-01T10:00:05Z',
    mentions: [],
    triggered_by: ada,
  },
  FILE_VERSION_UPDATE: {
    ...common,
    event_type: 'FILE_VERSION_UPDATE',
    created_at: '2026-03-01T10:00:05Z',
    description: 'Ready for review',
    triggered_by: ada,
    version_id: '4000000001',
  },
} satisfies SamplesOf<FigmaEvents>;
