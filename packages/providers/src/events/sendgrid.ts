/** Event names of SendGrid’s Event Webhook. */

import type { TypedEvents } from '../typed/typed-events.ts';
import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const sendgrid = {
  source: {
    title: 'SendGrid documentation, Event Webhook Reference; Update an Event Webhook (account_status_change)',
    url: 'https://github.com/sendgrid/docs/blob/02c1275b9154eecde622c5df8e4d5f5251839911/content/docs/for-developers/tracking-events/event.md',
    readOn: '2026-11-27',
  },
  names: [
    'account_status_change',
    'bounce',
    'click',
    'deferred',
    'delivered',
    'dropped',
    'group_resubscribe',
    'group_unsubscribe',
    'open',
    'processed',
    'spamreport',
    'unsubscribe',
  ],
  always: ['type'],
} as const satisfies SenderEvents;

/**
 * The fields that every event of SendGrid has. Custom arguments of the email are sent next to them, at the top of the event.
 *
 * @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event (read 2026-11-27)
 */
export interface SendgridEvent<Event extends string> {
  readonly event: Event;
  /** Unique for each event. */
  readonly sg_event_id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly email: string;
  readonly sg_message_id?: string;
  readonly 'smtp-id'?: string;
  /** One category is text. */
  readonly category?: string | readonly string[];
  readonly asm_group_id?: number;
  readonly marketing_campaign_id?: number | string;
  readonly marketing_campaign_name?: string;
}

/** Events about the way of an email to its recipient. */
export interface SendgridDeliveryEvents {
  readonly processed: SendgridEvent<'processed'> & { readonly send_at?: number; readonly pool?: unknown };
  readonly dropped: SendgridEvent<'dropped'> & { readonly reason?: string; readonly status?: string };
  readonly delivered: SendgridEvent<'delivered'> & {
    readonly response?: string;
    readonly ip?: string;
    readonly tls?: number;
    readonly cert_err?: number;
  };
  readonly deferred: SendgridEvent<'deferred'> & {
    readonly response?: string;
    readonly reason?: string;
    /** A number as text. */
    readonly attempt?: string;
    readonly ip?: string;
  };
  readonly bounce: SendgridEvent<'bounce'> & {
    readonly reason?: string;
    readonly status?: string;
    readonly type?: 'bounce' | 'blocked';
    readonly bounce_classification?: string;
    readonly ip?: string;
  };
}

/** Events about what a recipient does. */
export interface SendgridEngagementEvents {
  readonly open: SendgridEvent<'open'> & SendgridClient & { readonly sg_machine_open?: boolean };
  readonly click: SendgridEvent<'click'> &
    SendgridClient & {
      readonly url?: string;
      readonly url_offset?: { readonly index: number; readonly type: string };
    };
  readonly spamreport: SendgridEvent<'spamreport'>;
  readonly unsubscribe: SendgridEvent<'unsubscribe'>;
  readonly group_unsubscribe: SendgridEvent<'group_unsubscribe'> & SendgridClient & { readonly url?: string };
  readonly group_resubscribe: SendgridEvent<'group_resubscribe'> & SendgridClient & { readonly url?: string };
}

/** The recipient's program. */
export interface SendgridClient {
  readonly useragent?: string;
  readonly ip?: string;
}

/** The events of Twilio SendGrid. A delivery is a batch; the payload is one event of it. */
export interface SendgridEvents
  extends TypedEvents<NamedEvents<typeof sendgrid>, SendgridDeliveryEvents & SendgridEngagementEvents> {}
