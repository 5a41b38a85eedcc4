/** Zoom: the preset with the payloads of the package @zoom/rivet. */

import type { Provider } from '@countersign/core';
import type * as accounts from '@zoom/rivet/accounts';
import type * as marketplace from '@zoom/rivet/marketplace';
import type * as meetings from '@zoom/rivet/meetings';
import type * as phone from '@zoom/rivet/phone';
import type * as teamchat from '@zoom/rivet/teamchat';
import type * as users from '@zoom/rivet/users';
import type * as videosdk from '@zoom/rivet/videosdk';
import type { ZoomEvents as NamedZoomEvents } from '../events/zoom.ts';
import { zoom as preset } from '../zoom.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

/** The union of the payloads that the package has, which has one for each product at most. */
export type ZoomPayload =
  | accounts.AccountVanityUrlRejectedEvent
  | accounts.AccountCreatedEvent
  | accounts.InformationBarriersPolicyDeletedEvent
  | accounts.AccountUpdatedEvent
  | accounts.InformationBarriersPolicyCreatedEvent
  | accounts.AccountLockSettingsUpdatedEvent
  | accounts.AccountDisassociatedEvent
  | accounts.InformationBarriersPolicyUpdatedEvent
  | accounts.AccountVanityUrlApprovedEvent
  | accounts.AccountSettingsUpdatedEvent
  | marketplace.AppDeauthorizedEvent
  | marketplace.AppAuthorizationRequestCreatedEvent
  | meetings.MeetingParticipantJbhWaitingEvent
  | meetings.MeetingSummaryRecoveredEvent
  | meetings.MeetingParticipantLeftBreakoutRoomEvent
  | meetings.MeetingDeviceTestedEvent
  | meetings.MeetingSummarySharedEvent
  | meetings.WebinarChatMessageFileDownloadedEvent
  | meetings.WebinarDeletedEvent
  | meetings.RecordingRegistrationApprovedEvent
  | meetings.MeetingRiskAlertEvent
  | meetings.WebinarParticipantFeedbackEvent
  | meetings.MeetingParticipantJoinedWaitingRoomEvent
  | meetings.WebinarConvertedToMeetingEvent
  | meetings.MeetingParticipantPhoneCalloutRingingEvent
  | meetings.MeetingParticipantJbhJoinedEvent
  | meetings.MeetingInvitationAcceptedEvent
  | meetings.RecordingArchiveFilesCompletedEvent
  | meetings.MeetingAlertEvent
  | meetings.MeetingChatMessageFileSentEvent
  | meetings.MeetingDeletedEvent
  | meetings.MeetingParticipantJoinedEvent
  | meetings.UserTspDeletedEvent
  | meetings.MeetingInvitationDispatchedEvent
  | meetings.WebinarEndedEvent
  | meetings.MeetingConvertedToWebinarEvent
  | meetings.WebinarRecoveredEvent
  | meetings.WebinarParticipantRoleChangedEvent
  | meetings.MeetingParticipantJbhWaitingLeftEvent
  | meetings.UserTspCreatedEvent
  | meetings.MeetingBreakoutRoomSharingEndedEvent
  | meetings.MeetingUpdatedEvent
  | meetings.MeetingRegistrationDeniedEvent
  | meetings.WebinarRegistrationDeniedEvent
  | meetings.MeetingRegistrationApprovedEvent
  | meetings.WebinarParticipantLeftEvent
  | meetings.RecordingBatchDeletedEvent
  | meetings.WebinarAlertEvent
  | meetings.WebinarChatMessageSentEvent
  | meetings.WebinarChatMessageFileSentEvent
  | meetings.MeetingEndedEvent
  | meetings.MeetingParticipantJoinedBreakoutRoomEvent
  | meetings.MeetingParticipantLeftWaitingRoomEvent
  | meetings.MeetingStartedEvent
  | meetings.MeetingRegistrationCancelledEvent
  | meetings.MeetingSummaryCompletedEvent
  | meetings.MeetingParticipantLeftEvent
  | meetings.MeetingParticipantPhoneCalloutRejectedEvent
  | meetings.MeetingParticipantPhoneCalloutAcceptedEvent
  | meetings.WebinarSharingStartedEvent
  | meetings.MeetingRegistrationCreatedEvent
  | meetings.RecordingRecoveredEvent
  | meetings.MeetingSharingEndedEvent
  | meetings.RecordingCloudStorageUsageUpdatedEvent
  | meetings.RecordingTranscriptCompletedEvent
  | meetings.RecordingStoppedEvent
  | meetings.RecordingBatchTrashedEvent
  | meetings.WebinarStartedEvent
  | meetings.MeetingChatMessageFileDownloadedEvent
  | meetings.WebinarSharingEndedEvent
  | meetings.MeetingSummaryTrashedEvent
  | meetings.MeetingSharingStartedEvent
  | meetings.WebinarRegistrationCreatedEvent
  | meetings.MeetingChatMessageSentEvent
  | meetings.MeetingInvitationRejectedEvent
  | meetings.MeetingParticipantRoleChangedEvent
  | meetings.MeetingPermanentlyDeletedEvent
  | meetings.RecordingRegistrationCreatedEvent
  | meetings.MeetingCreatedEvent
  | meetings.MeetingLiveStreamingStartedEvent
  | meetings.MeetingParticipantRoomSystemCalloutAcceptedEvent
  | meetings.WebinarRegistrationApprovedEvent
  | meetings.MeetingBreakoutRoomSharingStartedEvent
  | meetings.MeetingParticipantBindEvent
  | meetings.MeetingParticipantFeedbackEvent
  | meetings.RecordingDeletedEvent
  | meetings.RecordingPausedEvent
  | meetings.MeetingParticipantRoomSystemCalloutRingingEvent
  | meetings.RecordingStartedEvent
  | meetings.UserTspUpdatedEvent
  | meetings.MeetingInvitationTimeoutEvent
  | meetings.MeetingParticipantAdmittedEvent
  | meetings.MeetingParticipantRoomSystemCalloutFailedEvent
  | meetings.RecordingResumedEvent
  | meetings.MeetingParticipantPhoneCalloutMissedEvent
  | meetings.MeetingSummaryUpdatedEvent
  | meetings.WebinarParticipantJoinedEvent
  | meetings.RecordingRenamedEvent
  | meetings.MeetingParticipantRoomSystemCalloutMissedEvent
  | meetings.WebinarCreatedEvent
  | meetings.RecordingRegistrationDeniedEvent
  | meetings.MeetingLiveStreamingStoppedEvent
  | meetings.WebinarRegistrationCancelledEvent
  | meetings.MeetingRecoveredEvent
  | meetings.WebinarPermanentlyDeletedEvent
  | meetings.RecordingCompletedEvent
  | meetings.MeetingParticipantPutInWaitingRoomEvent
  | meetings.RecordingTrashedEvent
  | meetings.MeetingSummaryDeletedEvent
  | meetings.WebinarParticipantBindEvent
  | meetings.WebinarUpdatedEvent
  | meetings.RecordingBatchRecoveredEvent
  | meetings.MeetingParticipantRoomSystemCalloutRejectedEvent
  | phone.PhoneRecordingDeletedEvent
  | phone.PhoneCallerCallLogCompletedEvent
  | phone.PhoneRecordingCompletedForAccessMemberEvent
  | phone.PhoneRecordingResumedEvent
  | phone.PhoneRecordingTranscriptCompletedEvent
  | phone.PhoneCallLogPermanentlyDeletedEvent
  | phone.PhoneTransferCallToVoicemailInitiatedEvent
  | phone.PhoneCalleeMissedEvent
  | phone.PhoneCallerRingingEvent
  | phone.PhoneVoicemailReceivedEvent
  | phone.PhoneSmsSentEvent
  | phone.PhoneVoicemailDeletedEvent
  | phone.PhoneVoicemailTranscriptCompletedEvent
  | phone.PhoneRecordingPermanentlyDeletedEvent
  | phone.PhonePeeringNumberEmergencyAddressUpdatedEvent
  | phone.PhoneSmsCampaignNumberOptOutEvent
  | phone.PhoneCallerEndedEvent
  | phone.PhoneCalleeEndedEvent
  | phone.PhoneCalleeCallHistoryCompletedEvent
  | phone.PhoneVoicemailPermanentlyDeletedEvent
  | phone.PhoneSmsCampaignNumberOptInEvent
  | phone.PhoneCalleeMuteEvent
  | phone.PhoneSmsEtiquetteWarnEvent
  | phone.PhoneCallHistoryDeletedEvent
  | phone.PhoneSmsEtiquetteBlockEvent
  | phone.PhoneCallLogDeletedEvent
  | phone.PhoneCallerHoldEvent
  | phone.PhoneCallerConnectedEvent
  | phone.PhoneRecordingCompletedEvent
  | phone.PhoneRecordingStartedEvent
  | phone.PhoneSmsSentFailedEvent
  | phone.PhoneCalleeCallLogCompletedEvent
  | phone.PhoneCalleeRingingEvent
  | phone.PhoneCallerUnholdEvent
  | phone.PhoneCalleeHoldEvent
  | phone.PhoneCalleeAnsweredEvent
  | phone.PhoneCallerUnmuteEvent
  | phone.PhoneDeviceRegistrationEvent
  | phone.PhoneBlindTransferInitiatedEvent
  | phone.PhoneAccountSettingsUpdatedEvent
  | phone.PhoneCalleeMeetingInvitingEvent
  | phone.PhoneCalleeParkedEvent
  | phone.PhoneEmergencyAlertEvent
  | phone.PhoneAiCallSummaryChangedEvent
  | phone.PhoneCalleeRejectedEvent
  | phone.PhoneGroupSettingsUpdatedEvent
  | phone.PhoneCalleeUnmuteEvent
  | phone.PhoneRecordingStoppedEvent
  | phone.PhoneCallerMeetingInvitingEvent
  | phone.PhoneVoicemailReceivedForAccessMemberEvent
  | phone.PhoneCalleeUnholdEvent
  | phone.PhoneConferenceStartedEvent
  | phone.PhoneGenericDeviceProvisionEvent
  | phone.PhoneRecordingPausedEvent
  | phone.PhoneSmsReceivedEvent
  | phone.PhoneRecordingFailedEvent
  | phone.PhoneCallerCallHistoryCompletedEvent
  | phone.PhonePeeringNumberCnamUpdatedEvent
  | phone.PhoneCallerMuteEvent
  | teamchat.TeamChatSharedSpacesMemberLeftEvent
  | teamchat.TeamChatChannelInvitationRemovedEvent
  | teamchat.TeamChatEmojiAddedEvent
  | teamchat.TeamChatFileChangedEvent
  | teamchat.TeamChatChannelJoinDeclinedEvent
  | teamchat.ChatChannelMemberJoinedEvent
  | teamchat.ChatMessageUpdatedEvent
  | teamchat.ChatChannelDeletedEvent
  | teamchat.ChatMessageDeletedEvent
  | teamchat.TeamChatEmojiRemovedEvent
  | teamchat.TeamChatChannelPinAddedEvent
  | teamchat.TeamChatDmReactionAddedEvent
  | teamchat.TeamChatChannelArchivedEvent
  | teamchat.TeamChatBookmarkRemovedEvent
  | teamchat.TeamChatChannelPinRemovedEvent
  | teamchat.TeamChatChannelJoinApprovalRequestedEvent
  | teamchat.TeamChatFileDownloadedEvent
  | teamchat.TeamChatDmMessagePostedEvent
  | teamchat.TeamChatSharedSpacesEditedEvent
  | teamchat.ChatChannelUpdatedEvent
  | teamchat.TeamChatChannelAppAddedEvent
  | teamchat.TeamChatStarredEvent
  | teamchat.TeamChatChannelMessageDeletedEvent
  | teamchat.ChatChannelCreatedEvent
  | teamchat.ChatChannelMemberInvitedEvent
  | teamchat.TeamChatChannelInvitationAcceptedEvent
  | teamchat.ChatChannelMemberLeftEvent
  | teamchat.TeamChatChannelJoinRequestedEvent
  | teamchat.TeamChatDmMessageUpdatedEvent
  | teamchat.ChatMessageRepliedEvent
  | teamchat.TeamChatChannelInvitationRejectedEvent
  | teamchat.TeamChatChannelReactionRemovedEvent
  | teamchat.TeamChatSharedSpacesMemberInvitedEvent
  | teamchat.TeamChatUnstarredEvent
  | teamchat.TeamChatFileUnsharedEvent
  | teamchat.TeamChatChannelMessageUpdatedEvent
  | teamchat.ChatChannelMemberRemovedEvent
  | teamchat.TeamChatDmReactionRemovedEvent
  | teamchat.TeamChatDmMessageDeletedEvent
  | teamchat.TeamChatChannelUnarchivedEvent
  | teamchat.TeamChatChannelMessagePostedEvent
  | teamchat.TeamChatChannelJoinApprovedEvent
  | teamchat.TeamChatBookmarkAddedEvent
  | teamchat.TeamChatChannelReactionAddedEvent
  | teamchat.TeamChatChannelInvitationCreatedEvent
  | teamchat.TeamChatChannelAppRemovedEvent
  | teamchat.TeamChatSharedSpacesMemberRemovedEvent
  | teamchat.TeamChatFileSharedEvent
  | teamchat.TeamChatChannelInvitationApprovedEvent
  | teamchat.TeamChatFileUploadedEvent
  | teamchat.TeamChatFileDeletedEvent
  | teamchat.ChatMessageSentEvent
  | teamchat.TeamChatChannelInvitationDeclinedEvent
  | teamchat.TeamChatChannelInvitationApprovalRequestedEvent
  | users.GroupAdminAddedEvent
  | users.GroupLockSettingsUpdatedEvent
  | users.GroupAdminDeletedEvent
  | users.GroupMemberDeletedEvent
  | users.UserDeletedEvent
  | users.UserDeactivatedEvent
  | users.UserSettingsUpdatedEvent
  | users.UserInvitationAcceptedEvent
  | users.GroupCreatedEvent
  | users.GroupSettingsUpdatedEvent
  | users.UserDisassociatedEvent
  | users.GroupUpdatedEvent
  | users.UserPresenceStatusUpdatedEvent
  | users.UserActivatedEvent
  | users.UserSignedInEvent
  | users.UserSignedOutEvent
  | users.UserPersonalNotesUpdatedEvent
  | users.GroupMemberAddedEvent
  | users.UserUpdatedEvent
  | users.GroupDeletedEvent
  | users.UserCreatedEvent
  | videosdk.SessionUserPhoneCalloutRingingEvent
  | videosdk.SessionUserRoomSystemCalloutRingingEvent
  | videosdk.SessionRecordingStartedEvent
  | videosdk.SessionRecordingResumedEvent
  | videosdk.SessionLiveStreamingStoppedEvent
  | videosdk.SessionStreamIngestionStoppedEvent
  | videosdk.SessionUserRoomSystemCalloutRejectedEvent
  | videosdk.SessionAlertEvent
  | videosdk.SessionRecordingSummaryCompletedEvent
  | videosdk.SessionSharingEndedEvent
  | videosdk.SessionRecordingPausedEvent
  | videosdk.SessionEndedEvent
  | videosdk.SessionStartedEvent
  | videosdk.SessionStreamIngestionUnbindEvent
  | videosdk.SessionLiveStreamingStartedEvent
  | videosdk.SessionUserRoomSystemCalloutMissedEvent
  | videosdk.SessionUserPhoneCalloutAcceptedEvent
  | videosdk.SessionUserLeftEvent
  | videosdk.SessionSharingStartedEvent
  | videosdk.SessionUserPhoneCalloutCanceledEvent
  | videosdk.SessionRecordingTranscriptCompletedEvent
  | videosdk.SessionRecordingDeletedEvent
  | videosdk.SessionUserRoomSystemCalloutFailedEvent
  | videosdk.SessionRecordingCompletedEvent
  | videosdk.SessionRecordingTranscriptFailedEvent
  | videosdk.SessionRecordingTrashedEvent
  | videosdk.SessionUserJoinedEvent
  | videosdk.SessionStreamIngestionStartedEvent
  | videosdk.SessionStreamIngestionConnectedEvent
  | videosdk.SessionStreamIngestionDisconnectedEvent
  | videosdk.SessionRecordingRecoveredEvent
  | videosdk.SessionUserPhoneCalloutMissedEvent
  | videosdk.SessionUserPhoneCalloutRejectedEvent
  | videosdk.SessionUserRoomSystemCalloutAcceptedEvent
  | videosdk.SessionRecordingStoppedEvent;

/**
 * The events of Zoom. Payloads: one type for each event, such as `MeetingStartedEvent`, of @zoom/rivet 0.4.0.
 */
export interface ZoomEvents extends TypedEvents<NamedZoomEvents, ByType<ZoomPayload, 'event'>> {}

/**
 * The preset of Zoom with the payloads of the package @zoom/rivet; at run time the same object as in
 * `@countersign/providers/zoom`.
 *
 * Install the package for its types: `npm install --save-dev @zoom/rivet`. None of its code is loaded.
 *
 * @example
 * import { zoom } from '@countersign/providers/zoom/typed';
 *
 * const read = (event: EventOf<typeof zoom>) =>
 *   event.type === 'meeting.started' ? event.payload.payload.object.topic : undefined;
 */
export const zoom = preset as Provider<ZoomEvents, 'secrets'>;
