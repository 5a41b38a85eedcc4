/** Resources of Sentry’s webhooks, as its header names them; the action is in the body. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const sentry = {
  source: {
    title: 'Sentry’s server, src/sentry/sentry_apps/utils/webhooks.py, SentryAppResourceType',
    url: 'https://github.com/getsentry/sentry/blob/master/src/sentry/sentry_apps/utils/webhooks.py',
    readOn: '2026-11-27',
  },
  names: [
    'activity_alert',
    'comment',
    'error',
    'event_alert',
    'installation',
    'issue',
    'metric_alert',
    'preprod_artifact',
    'seer',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of Sentry, with unknown payloads. */
export interface SentryEvents extends NamedEvents<typeof sentry> {}
