import type { EventOf, HandlersByType } from '@countersign/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { github as list } from '../../src/events/github.ts';
import { github as preset } from '../../src/github.ts';
import { type GitHubEvents, github } from '../../src/typed/github.ts';
import { type FieldsOf, type Listed, type NamesIn, received, recordedBody, type UntypedIn } from './payloads.ts';

type Event = EventOf<typeof github>;
type Payload = GitHubEvents['github_app_authorization'];

describe('the payloads of GitHub', () => {
  it('fit what the sender documents, under the name that the preset reads', async () => {
    // Example: github.com/octokit/webhooks,
    // payload-examples/api.github.com/github_app_authorization/revoked.payload.json; read 2026-11-27.
    const payload = {
      action: 'revoked',
      sender: {
        login: 'octocat',
        id: 1,
        node_id: 'MDQ6VXNlcjIxMDMxMDY3',
        avatar_url: 'https://github.com/images/error/octocat_happy.gif',
        gravatar_id: '',
        url: 'https://api.github.com/users/octocat',
        html_url: 'https://github.com/octocat',
        followers_url: 'https://api.github.com/users/octocat/followers',
        following_url: 'https://api.github.com/users/octocat/following{/other_user}',
        gists_url: 'https://api.github.com/users/octocat/gists{/gist_id}',
        starred_url: 'https://api.github.com/users/octocat/starred{/owner}{/repo}',
        subscriptions_url: 'https://api.github.com/users/octocat/subscriptions',
        organizations_url: 'https://api.github.com/users/octocat/orgs',
        repos_url: 'https://api.github.com/users/octocat/repos',
        events_url: 'https://api.github.com/users/octocat/events{/privacy}',
        received_events_url: 'https://api.github.com/users/octocat/received_events',
        type: 'User',
        site_admin: false,
      },
    } satisfies Payload;
    expect(await received(github, payload, { 'x-github-event': 'github_app_authorization' })).toEqual([
      { type: 'github_app_authorization', payload: payload },
    ]);
    // @ts-expect-error A value of another type.
    ({ ...payload, action: 'created' }) satisfies Payload;
    // @ts-expect-error A field that the payload does not have.
    ({ ...payload, notAField: 1 }) satisfies Payload;
  });

  it('are told apart by the type of the event', () => {
    const read = (event: Event) => (event.type === 'github_app_authorization' ? event.payload.sender.login : undefined);
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    // @ts-expect-error A misspelt name.
    const compare = (event: Event) => event.type === 'github_app_authorizatio';
    const handlers = {
      github_app_authorization: (event) => {
        expectTypeOf(event.payload).toEqualTypeOf<Payload>();
      },
      // @ts-expect-error A misspelt name.
      github_app_authorizatio: () => {},
    } satisfies HandlersByType<Event>;
    expect([read, compare, ...Object.values(handlers)]).toHaveLength(4);
  });

  it('differ from the list by these names', () => {
    expectTypeOf<Exclude<NamesIn<GitHubEvents>, Listed<typeof list>>>().toEqualTypeOf<never>();
    expectTypeOf<UntypedIn<GitHubEvents>>().toEqualTypeOf<
      | 'issue_dependencies'
      | 'issue_relates_to'
      | 'personal_access_token_request'
      | 'projects_v2'
      | 'projects_v2_status_update'
      | 'repository_advisory'
      | 'repository_ruleset'
      | 'secret_scanning_scan'
      | 'security_and_analysis'
      | 'sub_issues'
    >();
  });

  it('of one name are told apart by their action', () => {
    const read = (event: Event) =>
      event.type === 'issues' && event.payload.action === 'labeled' ? event.payload.label?.name : undefined;
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>();
    expect(read).toBeTypeOf('function');
  });

  it('have the fields of the recorded delivery', () => {
    const recorded = {
      action: 'opened',
      number: 7,
      pull_request: { title: 'Fix ümlauts', body: '♥\n' },
      repository: { full_name: 'example/repository' },
    } satisfies FieldsOf<GitHubEvents['pull_request']>;
    expect(recordedBody('github')).toEqual(recorded);
  });

  it('come with the very preset of @countersign/providers/github', () => {
    expect(github).toBe(preset);
  });
});
