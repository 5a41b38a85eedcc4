/** GitHub: HMAC-SHA-256 over the raw body, which may be JSON or a form with JSON in one field. */

import { defineProvider, rawBodyHmac } from '@countersign/core';

/**
 * GitHub, which signs the body in `X-Hub-Signature-256: sha256=...`. The older SHA-1 header is not looked at.
 *
 * Only the body is signed. The name of the event (`X-GitHub-Event`) and the id of the delivery (`X-GitHub-Delivery`)
 * stand in headers that whoever replays a delivery can change: `event.signed.id` is false, and the identity of an event
 * is the digest of its body. Let the body, with its `action`, decide what is done. A redelivery by hand has the body of
 * the first delivery, so once that was handled it counts as a duplicate.
 *
 * The first delivery of a new webhook is the event `ping`; it needs nothing but a successful answer. Ten seconds to
 * answer are GitHub.com's figure; GitHub Enterprise Server waits for 30: `{ ...github, responseDeadlineSeconds: 30 }`.
 *
 * @see https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks (deadline, headers; read
 * 2026-11-21)
 * @see https://docs.github.com/en/webhooks/using-webhooks/creating-webhooks (JSON or form, ping; read 2026-11-21)
 * @see https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries (no retries; read 2026-11-21)
 */
export const github = defineProvider({
  name: 'github',
  title: 'GitHub',
  scheme: rawBodyHmac({ header: 'x-hub-signature-256', encoding: 'hex', prefix: 'sha256=' }),
  eventId: { header: 'x-github-delivery' },
  eventType: { header: 'x-github-event' },
  // A webhook's content type is chosen at GitHub: JSON, or a form with the same JSON in one field.
  payload: { formField: 'payload' },
  responseDeadlineSeconds: 10,
  retries: { note: 'None. A failed delivery can be sent again by hand or through the API, with the same delivery id.' },
  secretHelp: 'The secret entered for the webhook, used as text.',
  confidence: 'documented',
  source: {
    title: 'GitHub documentation, Validating webhook deliveries',
    url: 'https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries',
    readOn: '2026-11-21',
  },
  unsaid: [
    'A timestamp: nothing that is signed tells how old a delivery is.',
    'How a secret is replaced without a gap; there is one signature, made with one secret.',
  ],
});
