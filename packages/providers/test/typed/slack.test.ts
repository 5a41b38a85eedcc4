import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { slack as list } from '../../src/events/slack.ts';
import { slack as preset } from '../../src/slack.ts';
import { type SlackEvents, slack } from '../../src/typed/slack.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof slack>;
type Payload = SlackEvents['reaction_added'];

describe('the payloads of Slack', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: github.com/slackapi/slack-api-specs, events-api/slack_common_event_wrapper_schema.json, the second
    // example; read 2026-11-27.
    const payload = {
      token: 'XXYYZZ',
      team_id: 'TXXXXXXXX',
      api_app_id: 'AXXXXXXXXX',
      event: {
        type: 'reaction_added',
        user: 'U024BE7LH',
        reaction: 'thumbsup',
        item_user: 'U0G9QF9C6',
        item: { type: 'message', channel: 'C0G9QF9GZ', ts: '1360782400.498405' },
        event_ts: '1360782804.083113',
      },
      type: 'event_callback',
      authed_teams: [],
      event_id: 'EvXXXXXXXX',
      event_time: 1234567890,
    } satisfies Payload;
    expect(await received(slack, payload)).toEqual([{ type: 'reaction_added', payload: payload }]);
    // @ts-expect-error A value of another type.
    ({ ...payload, event_time: 'now' }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'reaction_added' ? event.payload.event.reaction : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'reaction_adde';
    const handlers = {
      reaction_added: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      reaction_adde: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('have the names of the list, and a payload for each', () => {
    expectTypeOf<Exclude<NamesIn<SlackEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<SlackEvents>>().toEqualTypeOf<
      | 'block_actions'
      | 'block_suggestion'
      | 'dialog_submission'
      | 'dialog_suggestion'
      | 'interactive_message'
      | 'message_action'
      | 'shortcut'
      | 'view_closed'
      | 'view_submission'
    >();
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      token: 'none',
      team_id: 'T0REC',
      api_app_id: 'A0REC',
      type: 'event_callback',
      event_id: 'Ev0REC0001',
      event_time: 1795251599,
      event: {
        type: 'app_mention',
        user: 'U0REC',
        text: '<@U0BOT> l’heure ?',
        channel: 'C0REC',
        ts: '1795251599.000200',
      },
    } satisfies FieldsOf<SlackEvents['app_mention']>;
    expect(recordedBody('slack')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/slack', () => {
    expect(slack).toBe(preset);
  });
});
