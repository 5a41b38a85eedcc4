/** GitLab (signing token): Standard Webhooks. */

import { defineProvider, standardWebhooksHmac } from '@countersign/core';

/**
 * GitLab’s newer signing token, by Standard Webhooks: `{id}.{timestamp}.{body}` in `webhook-signature: v1,...`.
 * `X-Gitlab-Token` may still be sent beside it; for webhooks that have it alone, see `gitlab`.
 *
 * @see https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944 (read 2026-11-20)
 */
export const gitlabSigningToken = defineProvider({
  name: 'gitlab-signing-token',
  title: 'GitLab (signing token)',
  scheme: standardWebhooksHmac(),
  eventType: { json: 'object_kind' },
  toleranceSeconds: 300,
  secretHelp: 'The signing token of the webhook: whsec_ and the key in base64.',
  rotation: 'Several signatures in one header, separated by a space; one that matches is enough.',
  source: {
    title: 'GitLab, merge request 230944',
    url: 'https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unverified: ['The form of the token, and the place of the event’s type.'],
  assumptions: [
    {
      what: 'the key is what stands in base64 behind whsec_',
      because: 'The form of the token was not confirmed. Send a test delivery.',
    },
  ],
});
