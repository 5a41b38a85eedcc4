/** monday.com apps: a JWT, and nothing of the body bound. */

import { defineProvider } from '@countersign/core';
import { jwt } from '@countersign/core/jwt';

/**
 * monday.com, which sends a JWT in `Authorization`, without `Bearer`, signed with the signing secret of the app.
 * Nothing of the body is bound to it: `event.signed.body` is false. Webhooks made without an app’s token carry none
 * and are refused.
 *
 * The check of a new address, a body with `challenge`, is repeated as JSON.
 *
 * @see https://github.com/mondaycom/welcome-apps (apps/lifecycle-events/src/middlewares/authentication.ts, read
 * 2026-11-20)
 */
export const monday = defineProvider({
  name: 'monday',
  title: 'monday.com',
  scheme: jwt({ token: { header: 'authorization' }, algorithms: ['HS256'] }),
  eventType: { json: 'event.type' },
  handshakes: [
    {
      name: 'challenge',
      when: { method: 'POST', json: { challenge: '*' } },
      signed: false,
      answer: { body: { object: { challenge: { json: 'challenge' } } } },
    },
  ],
  secretHelp: 'The signing secret of the app.',
  source: {
    title: 'monday.com’s welcome apps, apps/lifecycle-events/src/middlewares/authentication.ts',
    url: 'https://github.com/mondaycom/welcome-apps',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The claims beside exp, and the check of a new address.', 'The place of the event’s type.'],
});
