/** Sentry’s integration platform: HMAC-SHA-256 over the raw body. */

import { defineProvider, hmac } from '@countersign/core';

/**
 * Sentry, which signs the body in `Sentry-Hook-Signature` or `Sentry-App-Signature`, in hexadecimal, with the client
 * secret. Resource, id and timestamp stand in headers that nobody signs. An empty body is signed as such.
 *
 * No time is signed, so a captured delivery can be sent again at any time; a dedupe store stops it.
 *
 * @see https://github.com/getsentry/integration-platform-example
 * (backend-ts/src/api/middleware/verifySentrySignature.ts, read 2026-11-20)
 */
export const sentry = defineProvider({
  name: 'sentry',
  title: 'Sentry',
  scheme: hmac({
    hash: 'SHA-256',
    signature: [
      { header: 'sentry-hook-signature', encoding: 'hex' },
      { header: 'sentry-app-signature', encoding: 'hex' },
    ],
    signs: ['body'],
  }),
  eventId: { header: 'request-id' },
  eventType: { header: 'sentry-hook-resource' },
  responseDeadlineSeconds: 1,
  secretHelp: 'The client secret of the integration.',
  source: {
    title: 'Sentry’s example of an integration, backend-ts/src/api/middleware/verifySentrySignature.ts',
    url: 'https://github.com/getsentry/integration-platform-example',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['The headers with resource, id and timestamp.', 'One second for an answer.'],
});
