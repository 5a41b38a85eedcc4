/**
 * Sample payloads of Slack: events in the envelope of the Events API.
 *
 * Fields: github.com/slackapi/slack-api-specs, events-api/slack_common_event_wrapper_schema.json, and
 * https://docs.slack.dev/apis/events-api; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { SlackEvents } from '../typed/slack.ts';

const envelope = {
  type: 'event_callback' as const,
  team_id: 'T0SAMPLE01',
  api_app_id: 'A0SAMPLE01',
  event_id: 'Ev0SAMPLE01',
  event_time: 1772359205,
  event_context: '4-sample-0001',
  is_ext_shared_channel: false,
  authorizations: [
    { enterprise_id: null, team_id: 'T0SAMPLE01', user_id: 'U0SAMPLE01', is_bot: true, is_enterprise_install: false },
  ],
};

export const samples: SenderSamples = {
  app_mention: {
    ...envelope,
    event: {
      type: 'app_mention',
      user: 'U0SAMPLE02',
      text: '<@U0SAMPLE01> is the shop open today?',
      ts: '1772359205.000100',
      channel: 'C0SAMPLE01',
      event_ts: '1772359205.000100',
    },
  },
  message: {
    ...envelope,
    event: {
      type: 'message',
      subtype: undefined,
      user: 'U0SAMPLE02',
      text: 'Good morning',
      ts: '1772359205.000200',
      channel: 'C0SAMPLE01',
      channel_type: 'channel',
      event_ts: '1772359205.000200',
    },
  },
  reaction_added: {
    ...envelope,
    event: {
      type: 'reaction_added',
      user: 'U0SAMPLE02',
      reaction: 'tada',
      item_user: 'U0SAMPLE03',
      item: { type: 'message', channel: 'C0SAMPLE01', ts: '1772359205.000100' },
      event_ts: '1772359205.000300',
    },
  },
  member_joined_channel: {
    ...envelope,
    event: {
      type: 'member_joined_channel',
      user: 'U0SAMPLE02',
      channel: 'C0SAMPLE01',
      channel_type: 'C',
      team: 'T0SAMPLE01',
      event_ts: '1772359205.000400',
    },
  },
} satisfies SamplesOf<SlackEvents>;
