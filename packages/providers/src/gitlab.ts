/** GitLab’s secret token: repeated in a header, signing nothing. */

import { sharedToken } from '@countersign/core';
import { definePreset } from '@countersign/core/preset';
import type { GitLabEvents } from './events/gitlab.ts';

export type { GitLabEvents } from './events/gitlab.ts';

/**
 * GitLab repeats the secret token in `X-Gitlab-Token`. Where your GitLab has signing tokens, use
 * `gitlabSigningToken` instead.
 *
 * The token is not bound to the delivery: anyone who has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * The id is `Idempotency-Key` (GitLab 17.4 and later), which stays the same when GitLab sends an event again.
 * `X-Gitlab-Event-UUID` is not used: webhooks that are triggered by other webhooks share its value.
 * `X-Gitlab-Webhook-UUID` is new in each attempt. A push that is undone and made again sends the same bytes twice, and a
 * custom template can leave out what differs; so the id is part of the identity of an event.
 *
 * @see https://docs.gitlab.com/user/project/integrations/webhooks/ (Delivery headers, in a copy; read 2026-11-26)
 * @see https://github.com/gitlabhq/gitlabhq (app/services/web_hook_service.rb, read 2026-11-26)
 */
export const gitlab = definePreset<GitLabEvents>({
  name: 'gitlab',
  title: 'GitLab',
  scheme: sharedToken({ token: { header: 'x-gitlab-token' } }),
  eventId: { header: 'idempotency-key' },
  eventType: { json: 'object_kind' },
  identity: {
    bytesRepeat: true,
    idKept: true,
    source:
      'https://docs.gitlab.com/user/project/integrations/webhooks/ (Delivery headers, custom templates) and https://github.com/gitlabhq/gitlabhq, app/services/web_hook_service.rb; read 2026-11-26',
    note: 'A push that is undone by force and made again has the same bytes. GitLab before 17.4 sends no Idempotency-Key.',
  },
  responseDeadlineSeconds: 10,
  retries: {
    note: 'No schedule is stated. An event can be sent again after a timeout, or manually, with the same Idempotency-Key. A webhook that fails four times in a row is disabled for a while, one that fails 40 times permanently.',
  },
  secretHelp: 'The secret token entered for the webhook.',
  wrongSecrets: { 'glpat-': 'a personal access token', whsec_: 'a signing token; use gitlabSigningToken' },
  source: {
    title: 'GitLab documentation, Webhooks',
    url: 'https://docs.gitlab.com/user/project/integrations/webhooks/',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unverified: ['The deadline of ten seconds, which an administrator of GitLab can change.'],
});
