/** Slack: the preset with the payloads of the package @slack/types. */

import type { Provider } from '@countersign/core';
import type { SlackEvent } from '@slack/types';
import type { SlackEvents as NamedSlackEvents } from '../events/slack.ts';
import { slack as preset } from '../slack.ts';
import type { ByType, TypedEvents } from './typed-events.ts';

/**
 * The body of the Events API around an event.
 *
 * @see https://docs.slack.dev/apis/events-api (callback field, read 2026-11-27)
 */
export interface SlackEventCallback<Event> {
  readonly type: 'event_callback';
  readonly event: Event;
  /** The same in every attempt, such as `Ev123ABC456`. */
  readonly event_id: string;
  /** The time of the event, in seconds since 1970. */
  readonly event_time: number;
  readonly team_id: string;
  readonly api_app_id: string;
  /** The old verification token; the signature has replaced it. */
  readonly token?: string;
  /** Names the event in calls such as `apps.event.authorizations.list`. */
  readonly event_context?: string;
  /** One installation of the app that can see the event. */
  readonly authorizations?: readonly SlackAuthorization[];
  readonly is_ext_shared_channel?: boolean;
  /** Older than `authorizations`. */
  readonly authed_users?: readonly string[];
  /** Older than `authorizations`. */
  readonly authed_teams?: readonly string[];
  readonly context_team_id?: string;
  readonly context_enterprise_id?: string | null;
  readonly enterprise_id?: string;
}

/** An installation of the app that can see an event. */
export interface SlackAuthorization {
  readonly enterprise_id: string | null;
  readonly team_id: string | null;
  readonly user_id: string;
  readonly is_bot: boolean;
  readonly is_enterprise_install?: boolean;
}

type InEnvelope<Inner> = { readonly [Name in keyof Inner]: SlackEventCallback<Inner[Name]> };

/**
 * The events of Slack. Payloads: the union `SlackEvent`, each in the envelope of the Events API, of @slack/types 3.2.0.
 *
 * Interactions (`block_actions`) have an unknown payload, and slash commands no name either. `app_rate_limited` comes
 * without the envelope.
 */
export interface SlackEvents
  extends TypedEvents<
    NamedSlackEvents,
    InEnvelope<ByType<Exclude<SlackEvent, { type: 'app_rate_limited' }>, 'type'>> &
      ByType<Extract<SlackEvent, { type: 'app_rate_limited' }>, 'type'>
  > {}

/**
 * The preset of Slack with the payloads of the package @slack/types; at run time the same object as in
 * `@countersign/providers/slack`.
 *
 * Install the package for its types: `npm install --save-dev @slack/types`. None of its code is loaded.
 *
 * @example
 * import { slack } from '@countersign/providers/slack/typed';
 *
 * const read = (event: EventOf<typeof slack>) =>
 *   event.type === 'app_mention' ? event.payload.event.text : undefined;
 */
export const slack = preset as Provider<SlackEvents, 'secrets'>;
