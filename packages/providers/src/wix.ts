/** Wix: the whole body is a JWT. */

import { jwt } from '@countersign/core/jwt';
import { definePreset } from '@countersign/core/preset';
import type { WixEvents } from './events/wix.ts';

export type { WixEvents } from './events/wix.ts';

/**
 * Wix, whose body is a JWT signed with RS256. The claim `data` holds the event as JSON in a text, in which `data` and
 * `identity` are once more JSON in a text: `event.payload` is the outer one. The inner one has the id and the time of the
 * event. The text of the claim `data` identifies an event, so a token made again counts as the same event.
 *
 * Keys belong to one app each. To have issuer and audience checked too, which Wix's own package leaves to its caller, give
 * the scheme again with `claims: { issuer: 'wix.com', audience: appId }`.
 *
 * @see https://dev.wix.com/docs/rest/articles/getting-started/webhook-resend-policy (deadline and retries, read 2026-11-26)
 * @see https://dev.wix.com/docs/rest/articles/get-started/webhook-structure (read 2026-11-26)
 * @see https://dev.wix.com/docs/build-apps/build-your-app/authentication/verify-wix-requests (read 2026-11-20)
 */
export const wix = definePreset<WixEvents, 'keys'>({
  name: 'wix',
  title: 'Wix',
  scheme: jwt({ token: 'body', algorithms: ['RS256'], payload: { claim: 'data' } }),
  eventType: { json: 'eventType' },
  responseDeadlineSeconds: 1.25,
  retries: {
    delaysSeconds: [60, 600, 3600, 7200, 7200, 7200, 14_400, 14_400, 14_400, 28_800, 28_800, 43_200],
    horizonSeconds: 169_860,
    note: 'Only 200 counts as success.',
  },
  secretHelp: 'The public key of the app from its dashboard, as PEM; where it is base64 once more, decode it first.',
  source: {
    title: 'Wix documentation, Webhook resend policy and structure, Verify Wix requests; and npm @wix/sdk 1.21.16',
    url: 'https://dev.wix.com/docs/rest/articles/get-started/webhook-structure',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unverified: ['The content type.'],
  unsaid: [
    'Whether a retry carries a new token. If it does not and the token expires within two days, late retries are refused.',
    'An id that can be read without taking the inner text apart.',
  ],
});
