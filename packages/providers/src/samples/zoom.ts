/**
 * Sample payloads of Zoom: a meeting from start to recording.
 *
 * Fields: https://developers.zoom.us/docs/api/meetings/events and the package’s types; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { ZoomEvents } from '../typed/zoom.ts';

const account_id = 'sampleAccount000000001';

const meeting = {
  id: '90000000001',
  uuid: 'c2FtcGxlLW1lZXRpbmctMDE=',
  host_id: 'sampleHost000000000001',
  topic: 'Example meeting',
  type: 2 as const,
  start_time: '2026-03-01T10:00:00Z',
  timezone: 'Europe/Berlin',
  duration: 30,
};

const participant = {
  user_id: '16778240',
  user_name: 'Ada Example',
  id: 'sampleParticipant0001',
  participant_uuid: '00000000-0000-4000-8000-000000000001',
  email: 'ada@example.com',
  registrant_id: '',
};

export const samples: SenderSamples = {
  'meeting.started': {
    event: 'meeting.started',
    event_ts: 1772359205000,
    payload: { account_id, object: meeting },
  },
  'meeting.ended': {
    event: 'meeting.ended',
    event_ts: 1772361005000,
    payload: { account_id, object: { ...meeting, end_time: '2026-03-01T10:30:00Z' } },
  },
  'meeting.participant_joined': {
    event: 'meeting.participant_joined',
    event_ts: 1772359265000,
    payload: {
      account_id,
      object: { ...meeting, participant: { ...participant, join_time: '2026-03-01T10:01:00Z' } },
    },
  },
  'recording.completed': {
    event: 'recording.completed',
    event_ts: 1772361605000,
    payload: {
      account_id,
      object: {
        id: 90000000001,
        uuid: meeting.uuid,
        host_id: meeting.host_id,
        account_id,
        topic: meeting.topic,
        type: 2,
        start_time: meeting.start_time,
        timezone: meeting.timezone,
        host_email: 'host@example.com',
        password: 'sample-code',
        duration: 30,
        total_size: 1048576,
        recording_count: 1,
        share_url: 'https://zoom.example.com/rec/share/sample-0001',
        recording_files: [
          {
            id: '00000000-0000-4000-8000-000000000002',
            meeting_id: meeting.uuid,
            recording_start: '2026-03-01T10:00:00Z',
            recording_end: '2026-03-01T10:30:00Z',
            recording_type: 'shared_screen_with_speaker_view',
            file_type: 'MP4',
            file_size: 1048576,
            file_extension: 'MP4',
            play_url: 'https://zoom.example.com/rec/play/sample-0001',
            download_url: 'https://zoom.example.com/rec/download/sample-0001',
            status: 'completed',
          },
        ],
      },
    },
    download_token: 'example-download-token',
  },
} satisfies SamplesOf<ZoomEvents>;
