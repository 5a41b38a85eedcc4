import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { zoom as list } from '../../src/events/zoom.ts';
import { type ZoomEvents, zoom } from '../../src/typed/zoom.ts';
import { zoom as preset } from '../../src/zoom.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof zoom>;
type Payload = ZoomEvents['meeting.started'];

/** Products whose events the package does not have, and a few of those that it has. */
const untyped = [
  'bot_installed',
  'bot_notification',
  'calendar.acl_create',
  'calendar.acl_delete',
  'calendar.acl_update',
  'calendar.calendarlist_create',
  'calendar.calendarlist_delete',
  'calendar.calendarlist_update',
  'calendar.event_create',
  'calendar.event_delete',
  'calendar.event_update',
  'calendar.setting_create',
  'calendar.setting_update',
  'clinical_notes.note_created',
  'cobrowse.session_ended',
  'cobrowse.session_started',
  'cobrowse.session_user_joined',
  'cobrowse.session_user_left',
  'interactive_message_actions',
  'interactive_message_editable',
  'interactive_message_fields_editable',
  'interactive_message_select',
  'mail.history_event',
  'meeting.participant_data',
  'meeting.participant_data_summary',
  'meeting.participant_qos',
  'meeting.participant_qos_summary',
  'meeting.rtms_interrupted',
  'meeting.rtms_started',
  'meeting.rtms_stopped',
  'node.mc_stat',
  'node.mc_stat_alert',
  'node.mc_zone_stat_alert',
  'node.nfs_alert',
  'node.rc_stat',
  'node.rc_stat_alert',
  'node.server_bandwidth_alert',
  'node.server_confirmed',
  'node.server_cpu_alert',
  'node.server_deleted',
  'node.server_disk_alert',
  'node.server_memory_alert',
  'node.server_offline',
  'node.server_online',
  'node.server_rebooted',
  'node.server_registered',
  'node.server_shutdown',
  'node.server_stat',
  'node.server_update_available',
  'node.server_update_failed',
  'node.server_update_started',
  'node.server_update_success',
  'node.service_abnormal_status',
  'node.service_cpu_alert',
  'node.service_deleted',
  'node.service_memory_alert',
  'node.service_started',
  'node.service_stat',
  'node.service_stopped',
  'node.service_update_available',
  'node.service_update_failed',
  'node.service_update_started',
  'node.service_update_success',
  'node.zhm_stat',
  'node.zhm_stat_alert',
  'node.zhm_zone_stat_alert',
  'node.zone_added',
  'node.zone_deleted',
  'number_management.peering_number_cnam_updated',
  'number_management.peering_number_emergency_address_updated',
  'phone.call_qos',
  'phone.call_qos_summary',
  'quality_management.evaluation_completed',
  'quality_management.interaction_analysis_completed',
  'revenue_accelerator.conversation_analysis_completed',
  'revenue_accelerator.playlist_add_moment',
  'revenue_accelerator.playlist_create',
  'revenue_accelerator.playlist_delete',
  'revenue_accelerator.playlist_remove_moment',
  'revenue_accelerator.post_comment_completed',
  'rtms.concurrency_limited',
  'rtms.concurrency_near_limit',
  'scheduler.scheduled_event_canceled',
  'scheduler.scheduled_event_created',
  'session.rtms_interrupted',
  'session.rtms_started',
  'session.rtms_stopped',
  'session.user_data',
  'session.user_data_summary',
  'session.user_qos',
  'session.user_qos_summary',
  'task.assignee_updated',
  'task.collaborator_updated',
  'task.comment_updated',
  'task.completed',
  'task.created',
  'task.deleted',
  'task.reopened',
  'task.updated',
  'team_chat.app_mention',
  'team_chat.link_shared',
  'video_management.channel_published',
  'video_management.channel_unpublished',
  'video_management.channel_video_added',
  'video_management.channel_video_removed',
  'visitor_management.checked_in',
  'visitor_management.checked_out',
  'visitor_management.invitation_created',
  'visitor_management.invitation_deleted',
  'visitor_management.invitation_updated',
  'webinar.participant_data',
  'webinar.participant_data_summary',
  'webinar.participant_qos',
  'webinar.participant_qos_summary',
  'webinar.rtms_interrupted',
  'webinar.rtms_started',
  'webinar.rtms_stopped',
  'whiteboard.archive_available',
  'whiteboard.created',
  'whiteboard.deleted',
  'whiteboard.file_added',
  'whiteboard.opened',
  'whiteboard.share_settings_updated',
  'whiteboard.shared',
  'whiteboard.sharing_updated',
  'workspace.created',
  'workspace.deleted',
  'workspace.pre_check_in_questionnaire_response_created',
  'workspace.reservation_checked_in',
  'workspace.reservation_checked_out',
  'workspace.reservation_created',
  'workspace.reservation_deleted',
  'workspace.reservation_questionnaire_response_created',
  'workspace.reservation_questionnaire_response_updated',
  'workspace.reservation_update',
  'workspace.updated',
  'workspace.user_assigned',
  'workspace.user_unassigned',
  'zoom_events.event_cancelled',
  'zoom_events.event_duplicated',
  'zoom_events.event_published',
  'zoom_events.event_updated',
  'zoom_events.exhibitor_created',
  'zoom_events.exhibitor_deleted',
  'zoom_events.exhibitor_updated',
  'zoom_events.session_created',
  'zoom_events.session_deleted',
  'zoom_events.session_ended',
  'zoom_events.session_updated',
  'zoom_events.speaker_created',
  'zoom_events.speaker_deleted',
  'zoom_events.speaker_updated',
  'zoom_events.ticket_created',
  'zoom_events.ticket_deleted',
  'zoom_events.ticket_type_created',
  'zoom_events.ticket_type_deleted',
  'zoom_events.ticket_type_updated',
  'zoom_events.ticket_updated',
  'zoom_events.vod_registration_created',
  'zoomroom.alert',
  'zoomroom.checked_in',
  'zoomroom.checked_out',
  'zoomroom.created',
  'zoomroom.delayed_alert',
  'zoomroom.deleted',
  'zoomroom.digital_signage_app_ended',
  'zoomroom.digital_signage_app_started',
  'zoomroom.location_created',
  'zoomroom.location_deleted',
  'zoomroom.location_updated',
  'zoomroom.sensor_data',
  'zoomroom.thirdparty_meeting_attempted',
  'zoomroom.updated',
] as const;

describe('the payloads of Zoom', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Fields: https://developers.zoom.us/docs/api/meetings/events, with values of our own; read 2026-11-27.
    const payload = {
      event: 'meeting.started',
      event_ts: 1795251599000,
      payload: {
        account_id: 'AAAAAABBBB',
        object: {
          id: '1234567890',
          uuid: '4444AAAiAAAAAiAiAiiAii==',
          host_id: 'x1yCzABCDEfg23HiJKl4mN',
          topic: 'My Meeting',
          type: 8,
          start_time: '2026-11-21T08:59:59Z',
          timezone: 'America/Los_Angeles',
          duration: 60,
        },
      },
    } satisfies Payload;
    expect(await received(zoom, payload)).toEqual([{ type: 'meeting.started', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, event_ts: 'now' }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'meeting.started' ? event.payload.payload.object.topic : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'meeting.starte';
    const handlers = {
      'meeting.started': (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      'meeting.starte': () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('differ from the list by these names', () => {
    expectTypeOf<Exclude<NamesIn<ZoomEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expect(new Set(untyped).size).toBe(173);
    expectTypeOf<UntypedIn<ZoomEvents>>().toEqualTypeOf<(typeof untyped)[number]>();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      event: 'meeting.started',
      event_ts: 1795251599000,
      payload: { object: { topic: 'Überblick  ✓' } },
    } satisfies FieldsOf<ZoomEvents['meeting.started']>;
    expect(recordedBody('zoom')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/zoom', () => {
    expect(zoom).toBe(preset);
  });
});
