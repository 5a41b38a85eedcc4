/** GitHub: HMAC-SHA-256 over the raw body, which may be JSON or a form with JSON in one field. */

import { definePreset, forms, rawBodyHmac } from '@countersign/core/preset';
import type { GitHubEvents } from './events/github.ts';

export type { GitHubEvents } from './events/github.ts';

/**
 * GitHub signs the body in `X-Hub-Signature-256: sha256=...`. The older SHA-1 header is ignored.
 *
 * Only the body is signed. The name of the event (`X-GitHub-Event`) and the id of the delivery (`X-GitHub-Delivery`)
 * are in headers that a replay can change, so `event.signed.id` is false. Let the body, with its `action`, decide what
 * to do.
 *
 * Some bodies have no id and no time: starting the same workflow twice with the same inputs sends the same bytes twice.
 * So the delivery id is part of the identity of an event, together with the digest of the body. A manual redelivery
 * keeps the delivery id, so once the first delivery was handled it counts as a duplicate.
 *
 * The first delivery of a new webhook is the event `ping`; it needs only a successful response. The deadline of ten
 * seconds is GitHub.com's; GitHub Enterprise Server waits for 30: `{ ...github, responseDeadlineSeconds: 30 }`.
 *
 * @see https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks (deadline, headers; read
 *   2026-11-26)
 * @see https://docs.github.com/en/webhooks/using-webhooks/creating-webhooks (JSON or form, ping; read 2026-11-21)
 * @see https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries (no retries; read
 *   2026-11-26)
 */
export const github = definePreset<GitHubEvents>({
  name: 'github',
  title: 'GitHub',
  scheme: rawBodyHmac({ header: 'x-hub-signature-256', encoding: 'hex', prefix: 'sha256=' }),
  eventId: { header: 'x-github-delivery' },
  eventType: { header: 'x-github-event' },
  identity: {
    bytesRepeat: true,
    idKept: true,
    source:
      'https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks (a redelivery keeps the id) and https://github.com/octokit/webhooks, payload-examples/api.github.com/workflow_dispatch (no id, no time); read 2026-11-26',
    note: 'A workflow_dispatch or repository_dispatch with the same inputs has the same bytes each time.',
  },
  // A webhook's content type is chosen at GitHub: JSON, or a form with the same JSON in one field.
  ...forms,
  payload: { formField: 'payload' },
  responseDeadlineSeconds: 10,
  retries: {
    keepsBody: true,
    retriedOn: [],
    note: 'None. A failed delivery can be sent again manually or through the API, with the same delivery id.',
  },
  secretHelp: 'The secret entered for the webhook, used as text.',
  wrongSecrets: {
    ghp_: 'a personal access token',
    github_pat_: 'a personal access token',
    ghs_: 'an installation token',
    gho_: 'an OAuth token',
    ghu_: 'a user token of an app',
    ghr_: 'a refresh token',
  },
  confidence: 'documented',
  source: {
    title: 'GitHub documentation, Validating webhook deliveries',
    url: 'https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries',
    readOn: '2026-11-26',
  },
  unsaid: [
    'A timestamp: no signed data shows how old a delivery is.',
    'How a secret is replaced without a gap; there is one signature, made with one secret.',
  ],
});
