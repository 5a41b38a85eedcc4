/** Netlify’s deploy notifications: a JWT that binds the body. */

import { defineProvider } from '@countersign/core';
import { jwt } from '@countersign/core/jwt';

/**
 * Netlify, which sends a JWT in `X-Webhook-Signature`, signed with the JWS secret token. It binds the body by
 * `sha256` and has no time: a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * `id` is that of the deploy, which passes through several states, so an event is known by both together. Notifications
 * about forms have no state and are known by the digest of the body.
 *
 * @see https://gitlab.com/jamietanna/www-api (read 2026-11-20)
 * @see https://docs.netlify.com/deploy/deploy-notifications/ (the claims, as code of others quotes it; read 2026-11-26)
 */
export const netlify = defineProvider({
  name: 'netlify',
  title: 'Netlify',
  scheme: jwt({
    token: { header: 'x-webhook-signature' },
    algorithms: ['HS256'],
    claims: { issuer: 'netlify', expiry: 'optional' },
    binds: { bodyHash: { claim: 'sha256', hash: 'SHA-256', encoding: 'hex' } },
  }),
  eventId: { json: ['id', 'state'], join: ':' },
  eventType: { json: 'state' },
  secretHelp: 'The JWS secret token entered for the notification.',
  wrongSecrets: { nfp_: 'a personal access token' },
  source: {
    title: 'jamietanna/www-api, merge request 158 (not by Netlify)',
    url: 'https://gitlab.com/jamietanna/www-api',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['The places of id and type.'],
  unsaid: ['How deliveries are repeated.'],
});
