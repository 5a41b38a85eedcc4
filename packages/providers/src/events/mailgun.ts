/** Event names of Mailgun. Temporary and permanent failures are both “failed”. */

import type { TypedEvents } from '../typed/typed-events.ts';
import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const mailgun = {
  source: {
    title: 'Mailgun documentation, Webhooks (which events), and Mailgun’s package for Go, events/enums.go (spelling)',
    url: 'https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhooks',
    readOn: '2026-11-27',
  },
  names: ['accepted', 'clicked', 'complained', 'delivered', 'failed', 'opened', 'unsubscribed'],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/**
 * The body of a webhook of Mailgun.
 *
 * @see https://github.com/mailgun/documentation/blob/master/source/user_manual.rst (read 2026-11-27)
 */
export interface MailgunPayload<Data> {
  readonly signature: { readonly timestamp: string; readonly token: string; readonly signature: string };
  readonly 'event-data': Data;
}

/**
 * The fields that the samples of all events have.
 *
 * @see https://github.com/mailgun/documentation/blob/master/source/api-events.rst (read 2026-11-27)
 */
export interface MailgunEvent<Event extends string> {
  readonly event: Event;
  /** Unique within a day. */
  readonly id: string;
  /** Seconds since 1970, with decimals. */
  readonly timestamp: number;
  readonly 'log-level'?: string;
  readonly recipient: string;
  readonly 'recipient-domain'?: string;
  readonly tags?: readonly string[];
  readonly campaigns?: readonly unknown[];
  readonly 'user-variables'?: Readonly<Record<string, unknown>>;
  readonly flags?: Readonly<Record<string, boolean>>;
  readonly message?: MailgunMessage;
}

/** The message of an event. */
export interface MailgunMessage {
  readonly headers: {
    readonly 'message-id': string;
    readonly to?: string;
    readonly from?: string;
    readonly subject?: string;
  };
  readonly attachments?: readonly unknown[];
  readonly recipients?: readonly string[];
  readonly size?: number;
}

/** The way of a message. */
export interface MailgunDelivery {
  readonly envelope?: {
    readonly sender?: string;
    readonly transport?: string;
    readonly targets?: string;
    readonly 'sending-ip'?: string;
  };
  readonly storage?: { readonly url: string; readonly key: string; readonly region?: string; readonly env?: string };
  readonly 'delivery-status'?: {
    readonly code?: number;
    readonly message?: string;
    readonly description?: string;
    readonly 'attempt-no'?: number;
    readonly 'session-seconds'?: number;
    readonly 'retry-seconds'?: number;
    readonly 'mx-host'?: string;
    readonly 'bounce-code'?: string;
    readonly 'enhanced-code'?: string;
    readonly tls?: boolean;
    readonly utf8?: boolean;
    readonly 'certificate-verified'?: boolean;
  };
  readonly method?: string;
  readonly routes?: readonly unknown[];
  readonly batch?: { readonly id: string };
  readonly template?: { readonly name: string };
}

/** The recipient's program and place. */
export interface MailgunClient {
  readonly ip?: string;
  readonly geolocation?: { readonly country: string; readonly region: string; readonly city: string };
  readonly 'client-info'?: {
    readonly 'client-type'?: string;
    readonly 'client-os'?: string;
    readonly 'client-name'?: string;
    readonly 'device-type'?: string;
    readonly 'user-agent'?: string;
    readonly bot?: string;
  };
}

interface MailgunPayloads {
  readonly accepted: MailgunPayload<MailgunEvent<'accepted'> & MailgunDelivery>;
  readonly delivered: MailgunPayload<MailgunEvent<'delivered'> & MailgunDelivery>;
  readonly failed: MailgunPayload<
    MailgunEvent<'failed'> &
      MailgunDelivery & { readonly severity: 'permanent' | 'temporary'; readonly reason?: string }
  >;
  readonly opened: MailgunPayload<MailgunEvent<'opened'> & MailgunClient>;
  readonly clicked: MailgunPayload<MailgunEvent<'clicked'> & MailgunClient & { readonly url: string }>;
  readonly unsubscribed: MailgunPayload<MailgunEvent<'unsubscribed'> & MailgunClient>;
  readonly complained: MailgunPayload<MailgunEvent<'complained'>>;
}

/** The events of Mailgun, with the fields of its samples. */
export interface MailgunEvents extends TypedEvents<NamedEvents<typeof mailgun>, MailgunPayloads> {}
