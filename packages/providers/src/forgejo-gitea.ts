/** Forgejo and Gitea: HMAC-SHA-256 over the raw body, under either name. */

import { bodyValues, composedText, definePreset, forms, hmac } from '@countersign/core/preset';
import type { ForgejoGiteaEvents } from './events/forgejo-gitea.ts';

export type { ForgejoGiteaEvents } from './events/forgejo-gitea.ts';

/**
 * Forgejo and Gitea sign the body in `X-Forgejo-Signature` or `X-Gitea-Signature`, in hexadecimal and without
 * a prefix. Either header may match. Type and id are in unsigned headers; both send them under Gitea's names.
 *
 * Some bodies have no id and no time of their own: two edits of one wiki page with the same comment send the same bytes.
 * So the delivery id is part of the identity of an event. A delivery repeated by hand has a new id and runs again.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/go-gitea/gitea (services/webhook/deliver.go, models/webhook/hooktask.go, read 2026-11-26)
 * @see https://codeberg.org/forgejo/forgejo (services/webhook/shared/payloader.go, read 2026-11-26)
 */
export const forgejoGitea = definePreset<ForgejoGiteaEvents>({
  name: 'forgejo-gitea',
  title: 'Forgejo and Gitea',
  scheme: hmac(
    {
      hash: 'SHA-256',
      signature: [
        { header: 'x-forgejo-signature', encoding: 'hex' },
        { header: 'x-gitea-signature', encoding: 'hex' },
      ],
      // For a form, the JSON in the field is signed, not the form.
      signs: [{ form: 'payload', payload: true, orBody: true }],
    },
    composedText,
    bodyValues,
  ),
  ...forms,
  payload: { formField: 'payload' },
  eventId: { header: 'x-gitea-delivery' },
  eventType: { header: 'x-gitea-event' },
  identity: {
    bytesRepeat: true,
    idKept: true,
    source:
      'https://github.com/go-gitea/gitea, modules/structs/hook.go (WikiPayload), services/webhook/deliver.go and models/webhook/hooktask.go; read 2026-11-26',
    note: 'Two edits of one wiki page with the same comment have the same bytes as long as the repository is unchanged.',
  },
  responseDeadlineSeconds: 5,
  retries: {
    keepsBody: true,
    retriedOn: [],
    note: 'None. A delivery can be repeated manually; it then has the same body and a new delivery id.',
  },
  secretHelp: 'The secret of the webhook, used as text.',
  source: {
    title: 'Gitea, services/webhook/deliver.go',
    url: 'https://github.com/go-gitea/gitea/blob/main/services/webhook/deliver.go',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unverified: ['The deadline of five seconds, which is the default of DELIVER_TIMEOUT.'],
});
