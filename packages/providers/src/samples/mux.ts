/**
 * Sample payloads of Mux, in part: its package requires fields that its reference does not show for each event.
 *
 * Fields: https://docs.mux.com/webhook-reference and the package’s types; read 2026-11-27.
 */

import type { PartsOf, SenderSamples } from '../events/sender-events.ts';
import type { MuxEvents } from '../typed/mux.ts';

const common = {
  id: '00000000-0000-4000-8000-000000000001',
  created_at: '2026-03-01T10:00:05.000000Z',
  environment: { name: 'Example', id: 'sample' },
  attempts: [],
};

const assetId = 'sampleAsset0000000000000000000000000000000001';

export const samples: SenderSamples = {
  'video.asset.ready': {
    ...common,
    type: 'video.asset.ready',
    object: { type: 'asset', id: assetId },
    data: {
      id: assetId,
      created_at: 1772359200,
      status: 'ready',
      duration: 23.857167,
      aspect_ratio: '16:9',
      max_stored_frame_rate: 29.97,
      resolution_tier: '1080p',
      max_resolution_tier: '1080p',
      encoding_tier: 'smart',
      playback_ids: [{ policy: 'public', id: 'samplePlayback00000000000000000000000001' }],
      master_access: 'none',
      mp4_support: 'none',
      passthrough: 'video-1001',
      progress: { state: 'completed', progress: 100 },
      tracks: [
        {
          type: 'video',
          id: 'sampleTrack0001',
          max_width: 1920,
          max_height: 1080,
          max_frame_rate: 29.97,
          duration: 23.8,
        },
      ],
    },
  },
  'video.asset.errored': {
    ...common,
    type: 'video.asset.errored',
    object: { type: 'asset', id: assetId },
    data: {
      id: assetId,
      created_at: 1772359200,
      status: 'errored',
      errors: { type: 'invalid_input', messages: ['The file is not a video.'] },
      passthrough: 'video-1001',
    },
  },
  'video.upload.asset_created': {
    ...common,
    type: 'video.upload.asset_created',
    object: { type: 'upload', id: 'sampleUpload0001' },
    data: {
      id: 'sampleUpload0001',
      status: 'asset_created',
      asset_id: assetId,
      timeout: 3600,
      cors_origin: 'https://example.com',
    },
  },
} satisfies PartsOf<MuxEvents>;
