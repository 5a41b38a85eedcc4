/** Netlify’s deploy notifications: a JWT that binds the body. */

import { jwt } from '@countersign/core/jwt';
import { definePreset } from '@countersign/core/preset';
import type { NetlifyEvents } from './events/netlify.ts';

export type { NetlifyEvents } from './events/netlify.ts';

/**
 * Netlify sends a JWT in `X-Webhook-Signature`, signed with the JWS secret token. It binds the body by
 * `sha256` and has no time: a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * The body is the deploy, or the form's submission; what happened to it is only in `X-Netlify-Event`, which is not signed. A
 * deploy that is locked, unlocked or restored keeps its id and its state, so an event is known by the digest of the body and the type.
 *
 * @see https://gitlab.com/jamietanna/www-api (read 2026-11-20)
 * @see https://docs.netlify.com/site-deploys/notifications (the events; read 2026-11-26)
 * @see https://github.com/zulip/zulip (zerver/webhooks/netlify: the header, and bodies of four events; read 2026-11-26)
 * @see https://docs.netlify.com/deploy/deploy-notifications/ (the claims, as code of others quotes it; read 2026-11-26)
 */
export const netlify = definePreset<NetlifyEvents>({
  name: 'netlify',
  title: 'Netlify',
  scheme: jwt({
    token: { header: 'x-webhook-signature' },
    algorithms: ['HS256'],
    claims: { issuer: 'netlify', expiry: 'optional' },
    binds: { bodyHash: { claim: 'sha256', hash: 'SHA-256', encoding: 'hex' } },
  }),
  eventType: { header: 'x-netlify-event' },
  identity: {
    bytesRepeat: true,
    source:
      'https://docs.netlify.com/site-deploys/notifications (the list of events) and https://github.com/zulip/zulip, zerver/webhooks/netlify/fixtures (read 2026-11-26)',
    note: 'The body is the deploy and does not name the event: a successful deploy is reported as such and, if the one before had failed, as "previously failed deploy succeeded" too.',
  },
  secretHelp: 'The JWS secret token entered for the notification.',
  wrongSecrets: { nfp_: 'a personal access token' },
  source: {
    title: 'jamietanna/www-api, merge request 158 (not by Netlify)',
    url: 'https://gitlab.com/jamietanna/www-api',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['The header of the type.'],
  unsaid: ['How deliveries are retried.'],
});
