/** monday.com apps: a JWT that does not bind the body. */

import { jwt } from '@countersign/core/jwt';
import { definePreset, handshakes } from '@countersign/core/preset';
import type { MondayEvents } from './events/monday.ts';

export type { MondayEvents } from './events/monday.ts';

/**
 * monday.com, which sends a JWT in `Authorization`, without `Bearer`, signed with the signing secret of the app.
 * Nothing of the body is bound to it: `event.signed.body` is false. Its `aud` is the URL of the endpoint: give the option
 * `publicUrl`, and tokens for other URLs are refused, those without `aud` among them. Webhooks made without an app’s token carry none
 * and are refused. Only status 200 counts as success.
 *
 * The check of a new URL, a body with `challenge`, is repeated as JSON.
 *
 * @see https://github.com/mondaycom/welcome-apps (apps/lifecycle-events/src/middlewares/authentication.ts, read
 * 2026-11-26)
 * @see https://developer.monday.com/apps/docs/authorization-header (aud and exp; read 2026-11-26)
 * @see https://developer.monday.com/api-reference/docs/webhooks (challenge; read 2026-11-26)
 * @see https://developer.monday.com/apps/changelog/clarification-on-retry-policies-for-webhooks-and-custom-actions (read
 * 2026-11-26)
 */
export const monday = definePreset<MondayEvents>({
  name: 'monday',
  title: 'monday.com',
  scheme: jwt({
    token: { header: 'authorization' },
    algorithms: ['HS256'],
    claims: { audience: { publicUrl: true } },
  }),
  eventId: { json: ['event.subscriptionId', 'event.triggerUuid'], join: ':' },
  eventType: { json: 'event.type' },
  retries: {
    horizonSeconds: 1800,
    note: 'Once a minute for 30 minutes, after anything but 200.',
  },
  handshakes: handshakes([
    {
      name: 'challenge',
      when: { method: 'POST', json: { challenge: '*' } },
      signed: false,
      response: { body: { object: { challenge: { json: 'challenge' } } } },
    },
  ]),
  secretHelp: 'The signing secret of the app.',
  source: {
    title: 'monday.com’s welcome apps, apps/lifecycle-events/src/middlewares/authentication.ts',
    url: 'https://github.com/mondaycom/welcome-apps',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unverified: ['The claims other than exp.', 'The places of id and type of the event.'],
});
