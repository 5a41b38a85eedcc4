/** Forgejo and Gitea: HMAC-SHA-256 over the raw body, under either name. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Forgejo and Gitea, which sign the body in `X-Forgejo-Signature` or `X-Gitea-Signature`, in hexadecimal and without
 * a prefix. Either header may match. Type and id stand in headers that nobody signs; for Gitea, put its names in
 * their place: `{ ...forgejoGitea, eventId: { header: "x-gitea-delivery" } }`.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://docs.rs/vgi-forge-forgejo/0.18.2 (read 2026-11-20)
 */
export const forgejoGitea = defineProvider({
  name: 'forgejo-gitea',
  title: 'Forgejo and Gitea',
  scheme: hmac({
    hash: 'SHA-256',
    signature: [
      { header: 'x-forgejo-signature', encoding: 'hex' },
      { header: 'x-gitea-signature', encoding: 'hex' },
    ],
    signs: ['body'],
  }),
  eventId: { header: 'x-forgejo-delivery' },
  eventType: { header: 'x-gitea-event' },
  secretHelp: 'The secret of the webhook, used as text.',
  source: {
    title: 'docs.rs, vgi-forge-forgejo 0.18.2, module webhook (not by Forgejo)',
    url: 'https://docs.rs/vgi-forge-forgejo/0.18.2',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['The headers with the event’s type.'],
});
