/** Event names of Intercom: the topics that public projects take from its documentation. */

import type { TypedEvents } from '../typed/typed-events.ts';
import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const intercom = {
  source: {
    title: 'Intercom documentation, Webhook models, as public projects quote it (api-evangelist/intercom and others)',
    url: 'https://developers.intercom.com/docs/references/webhooks/webhook-models',
    readOn: '2026-11-27',
  },
  names: [
    'admin.activity_log_event.created',
    'admin.added_to_workspace',
    'admin.away_mode_updated',
    'admin.logged_in',
    'admin.logged_out',
    'admin.removed_from_workspace',
    'article.created',
    'article.deleted',
    'article.published',
    'article.unpublished',
    'article.updated',
    'call.ended',
    'call.started',
    'company.contact.attached',
    'company.contact.detached',
    'company.created',
    'company.deleted',
    'company.updated',
    'contact.archived',
    'contact.deleted',
    'contact.email.updated',
    'contact.lead.added_email',
    'contact.lead.created',
    'contact.lead.signed_up',
    'contact.lead.tag.created',
    'contact.lead.tag.deleted',
    'contact.lead.updated',
    'contact.merged',
    'contact.subscribed',
    'contact.unarchive',
    'contact.unsubscribed',
    'contact.user.created',
    'contact.user.tag.created',
    'contact.user.tag.deleted',
    'contact.user.updated',
    'content_stat.banner',
    'content_stat.carousel',
    'content_stat.chat',
    'content_stat.checklist',
    'content_stat.custom_bot',
    'content_stat.email',
    'content_stat.news_item',
    'content_stat.post',
    'content_stat.push',
    'content_stat.series',
    'content_stat.series.webhook',
    'content_stat.sms',
    'content_stat.survey',
    'content_stat.tooltip_group',
    'content_stat.tour',
    'conversation.admin.assigned',
    'conversation.admin.closed',
    'conversation.admin.noted',
    'conversation.admin.open.assigned',
    'conversation.admin.opened',
    'conversation.admin.replied',
    'conversation.admin.single.created',
    'conversation.admin.snoozed',
    'conversation.admin.unsnoozed',
    'conversation.contact.attached',
    'conversation.contact.detached',
    'conversation.deleted',
    'conversation.operator.replied',
    'conversation.priority.updated',
    'conversation.rating.added',
    'conversation.read',
    'conversation.user.created',
    'conversation.user.replied',
    'conversation_part.redacted',
    'conversation_part.tag.created',
    'event.created',
    'granular.subscribe',
    'granular.unsubscribe',
    'ping',
    'ticket.admin.assigned',
    'ticket.admin.replied',
    'ticket.attribute.updated',
    'ticket.closed',
    'ticket.contact.attached',
    'ticket.contact.detached',
    'ticket.contact.replied',
    'ticket.created',
    'ticket.note.created',
    'ticket.rating.provided',
    'ticket.state.updated',
    'ticket.team.assigned',
    'visitor.signed_up',
  ],
  always: ['type'],
} as const satisfies SenderEvents;

/**
 * The body of a webhook of Intercom. `Item` is the object of the event, whose form depends on the topic and on the version of the API.
 *
 * @see https://developers.intercom.com/docs/references/1.3/webhooks/webhook-models (read 2026-11-27)
 */
export interface IntercomPayload<Topic extends string, Item = unknown> {
  readonly type: 'notification_event';
  /** The id of the workspace. */
  readonly app_id: string;
  readonly id: string | null;
  readonly topic: Topic;
  readonly data: { readonly type?: 'notification_event_data'; readonly item: Item };
  readonly links?: Readonly<Record<string, unknown>>;
  readonly self?: string | null;
  readonly delivery_status?: string | null;
  readonly delivery_attempts: number;
  /** Seconds since 1970. */
  readonly delivered_at?: number;
  /** Seconds since 1970. */
  readonly first_sent_at?: number;
  /** Seconds since 1970. */
  readonly created_at: number;
}

type IntercomPayloads = {
  readonly [Topic in (typeof intercom)['names'][number]]: IntercomPayload<Topic>;
} & { readonly otherwise: IntercomPayload<string> };

/** The events of Intercom, in the envelope that all of them have; the item is unknown. */
export interface IntercomEvents extends TypedEvents<NamedEvents<typeof intercom>, IntercomPayloads> {}
