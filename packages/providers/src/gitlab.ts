/** GitLab’s secret token: repeated in a header, signing nothing. */

import { defineProvider, sharedToken } from '@countersign/core';

/**
 * GitLab, which repeats the secret token in `X-Gitlab-Token`. Where your GitLab has signing tokens, use
 * `gitlabSigningToken` instead.
 *
 * Nothing of a delivery is bound to the token: whoever has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see https://github.com/gitlabhq/gitlabhq/blob/master/doc/user/project/integrations/webhooks.md (Webhooks, read
 * 2026-11-20)
 */
export const gitlab = defineProvider({
  name: 'gitlab',
  title: 'GitLab',
  scheme: sharedToken({ token: { header: 'x-gitlab-token' } }),
  eventId: { header: 'x-gitlab-event-uuid' },
  eventType: { json: 'object_kind' },
  secretHelp: 'The secret token entered for the webhook.',
  source: {
    title: 'GitLab documentation, Webhooks',
    url: 'https://github.com/gitlabhq/gitlabhq/blob/master/doc/user/project/integrations/webhooks.md',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unverified: ['The header with the id.'],
});
