/** Sentry’s integration platform: HMAC-SHA-256 over the raw body. */

import { definePreset, hmac } from '@countersign/core/preset';
import type { SentryEvents } from './events/sentry.ts';

export type { SentryEvents, SentryIssue, SentryIssuePayload } from './events/sentry.ts';

/**
 * Sentry signs the body in `Sentry-Hook-Signature` or `Sentry-App-Signature`, in hexadecimal, with the client
 * secret. Resource and timestamp are in unsigned headers. An empty body is signed as such.
 *
 * `Request-ID` is made for each attempt, so it identifies nothing. Sentry writes an issue again for each attempt: where
 * its counters have changed in between, a retry has another body and is handled as another event.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://github.com/getsentry/integration-platform-example
 * (backend-ts/src/api/middleware/verifySentrySignature.ts, read 2026-11-20)
 * @see https://github.com/getsentry/sentry (src/sentry/sentry_apps: headers, body and retries, read 2026-11-26)
 */
export const sentry = definePreset<SentryEvents>({
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
  eventType: { header: 'sentry-hook-resource' },
  identity: {
    idKept: false,
    source:
      'https://github.com/getsentry/sentry (src/sentry/sentry_apps/api/serializers/app_platform_event.py and tasks/sentry_apps.py), read 2026-11-26',
    note: 'Each attempt has a new Request-ID.',
  },
  responseDeadlineSeconds: 1,
  retries: {
    delaysSeconds: [300, 300, 300],
    horizonSeconds: 900,
    keepsBody: false,
    retriedOn: ['5xx'],
    note: 'After a failed connection or a 5xx; never after 4xx.',
  },
  secretHelp: 'The client secret of the integration.',
  wrongSecrets: { sntrys_: 'an organization auth token', sntryu_: 'a user auth token' },
  source: {
    title: 'Sentry’s example of an integration, backend-ts/src/api/middleware/verifySentrySignature.ts',
    url: 'https://github.com/getsentry/integration-platform-example',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unverified: ['One second for a response.'],
});
