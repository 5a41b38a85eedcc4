/** Wix: the whole body is a JWT. */

import { defineProvider } from '@countersign/core';
import { jwt } from '@countersign/core/jwt';

/**
 * Wix, whose body is a JWT signed with RS256. The claim `data` holds the event as JSON in a text, in which `data` and
 * `identity` are once more JSON in a text: `event.payload` is the outer one.
 *
 * Keys belong to one app each. To have issuer and audience checked too, which Wix's own package leaves to its caller, give
 * the scheme anew with `claims: { issuer: 'wix.com', audience: appId }`.
 *
 * @see https://dev.wix.com/docs/build-apps/build-your-app/authentication/verify-wix-requests (read 2026-11-20)
 */
export const wix = defineProvider<object, 'keys'>({
  name: 'wix',
  title: 'Wix',
  scheme: jwt({ token: 'body', algorithms: ['RS256'], payload: { claim: 'data' } }),
  eventType: { json: 'eventType' },
  secretHelp: 'The public key of the app from its dashboard, as PEM; where it is base64 once more, decode it first.',
  source: {
    title: 'Wix documentation, Verify Wix requests; and npm @wix/sdk 1.21.16',
    url: 'https://dev.wix.com/docs/build-apps/build-your-app/authentication/verify-wix-requests',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The content type.'],
  unsaid: ['How deliveries are repeated.', 'An id that can be read without taking the inner text apart.'],
});
