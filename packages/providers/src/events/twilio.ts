/** Twilio’s webhooks have no name. */

import type { TypedEvents } from '../typed/typed-events.ts';
import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const twilio = {
  none: 'A delivery names no event; the address that Twilio calls shows what it is about.',
  always: [],
} as const satisfies SenderEvents;

/** Fields that messages and calls have in common. All are text. */
export interface TwilioParty {
  readonly AccountSid?: string;
  readonly ApiVersion?: string;
  readonly From?: string;
  readonly FromCity?: string;
  readonly FromState?: string;
  readonly FromZip?: string;
  readonly FromCountry?: string;
  readonly To?: string;
  readonly ToCity?: string;
  readonly ToState?: string;
  readonly ToZip?: string;
  readonly ToCountry?: string;
}

/**
 * The form fields of a message, incoming or in a status callback. Which are sent depends on the channel; a message with media has
 * `MediaUrl0`, `MediaContentType0` and so on.
 *
 * @see https://www.twilio.com/docs/messaging/guides/webhook-request (read 2026-11-27)
 */
export interface TwilioMessage extends TwilioParty {
  readonly MessageSid?: string;
  readonly SmsSid?: string;
  readonly SmsMessageSid?: string;
  readonly SmsStatus?: string;
  readonly MessageStatus?: string;
  readonly MessagingServiceSid?: string;
  readonly Body?: string;
  readonly NumMedia?: string;
  readonly NumSegments?: string;
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
  readonly ProfileName?: string;
  readonly WaId?: string;
  readonly ButtonText?: string;
  readonly ButtonPayload?: string;
  readonly OptOutType?: string;
  readonly [media: `MediaUrl${number}` | `MediaContentType${number}`]: string | undefined;
}

/**
 * The form fields of a call, incoming or in a status callback.
 *
 * @see https://www.twilio.com/docs/api/twiml/twilio_request (read 2026-11-27)
 */
export interface TwilioCall extends TwilioParty {
  readonly CallSid?: string;
  readonly ParentCallSid?: string;
  readonly CallStatus?: string;
  readonly CallDuration?: string;
  readonly Direction?: string;
  readonly ForwardedFrom?: string;
  readonly CallerName?: string;
  readonly Caller?: string;
  readonly Called?: string;
  readonly Digits?: string;
  readonly SpeechResult?: string;
  readonly Confidence?: string;
  readonly RecordingUrl?: string;
  readonly RecordingSid?: string;
  readonly RecordingDuration?: string;
  readonly Timestamp?: string;
  readonly CallbackSource?: string;
  readonly SequenceNumber?: string;
}

/** The fields of a message or a call: `CallSid` shows which. */
export type TwilioFields = TwilioMessage & TwilioCall;

/** The requests of Twilio, which have no names. Other products send other fields. */
export interface TwilioEvents
  extends TypedEvents<NamedEvents<typeof twilio>, { readonly [type: string]: TwilioFields }> {}
