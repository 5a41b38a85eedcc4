/** Netlify’s deploy notifications: a JWT that binds the body. */

import { defineProvider } from '@countersign/core';
import { jwt } from '@countersign/core/jwt';

/**
 * Netlify, which sends a JWT in `X-Webhook-Signature`, signed with the JWS secret token. It binds the body by
 * `sha256` and has no time: a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * `id` is that of the deploy, which passes through several states, so an event is known by both together.
 *
 * @see https://gitlab.com/jamietanna/www-api (read 2026-11-20)
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
  source: {
    title: 'jamietanna/www-api, merge request 158 (not by Netlify)',
    url: 'https://gitlab.com/jamietanna/www-api',
    readOn: '2026-11-20',
  },
  confidence: 'integration_code',
  unverified: ['The issuer, and the places of id and type.'],
  assumptions: [
    {
      what: 'the issuer of every token is netlify',
      because: 'The claim was not confirmed. Look at one of your deliveries.',
    },
  ],
});
