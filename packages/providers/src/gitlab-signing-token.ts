/** GitLab (signing token): Standard Webhooks. */

import { definePreset, standardWebhooksHmac } from '@countersign/core/preset';
import type { GitLabSigningTokenEvents } from './events/gitlab-signing-token.ts';

export type { GitLabSigningTokenEvents } from './events/gitlab-signing-token.ts';

/**
 * GitLab’s signing token (GitLab 19.0 and later), by Standard Webhooks: `{id}.{timestamp}.{body}` in
 * `webhook-signature: v1,...`. `webhook-id` is the value of `Idempotency-Key`, which stays the same when GitLab sends an
 * event again. `X-Gitlab-Token` may still be sent next to it; for webhooks that have it alone, see `gitlab`.
 *
 * @see https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944 (read 2026-11-26)
 * @see https://gitlab.com/gitlab-org/gitlab/-/merge_requests/231325 (the form of the token; read 2026-11-26)
 */
export const gitlabSigningToken = definePreset<GitLabSigningTokenEvents>({
  name: 'gitlab-signing-token',
  title: 'GitLab (signing token)',
  scheme: standardWebhooksHmac(),
  eventType: { json: 'object_kind' },
  toleranceSeconds: 300,
  responseDeadlineSeconds: 10,
  retries: {
    note: 'No schedule is stated. An event can be sent again after a timeout, or manually, with the same webhook-id.',
  },
  secretHelp: 'The signing token of the webhook: whsec_ and a key of 32 bytes in base64.',
  wrongSecrets: { 'glpat-': 'a personal access token' },
  rotation: 'Several signatures in one header, separated by spaces; one match is enough.',
  source: {
    title: 'GitLab, merge request 230944',
    url: 'https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unverified: ['The deadline of ten seconds, which an administrator of GitLab can change.'],
  unsaid: ['The maximum age of a delivery; the preset uses the 300 seconds of Standard Webhooks.'],
});
