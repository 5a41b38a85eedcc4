/** Resources of Sentry’s webhooks, as its header names them; the action is in the body. */

import type { TypedEvents } from '../typed/typed-events.ts';
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

/**
 * The body of a webhook of Sentry about an issue.
 *
 * @see https://docs.sentry.io/organization/integrations/integration-platform/webhooks/issues/ (read 2026-11-27)
 */
export interface SentryIssuePayload {
  readonly action: 'created' | 'resolved' | 'assigned' | 'archived' | 'unresolved' | 'ignored';
  readonly installation: { readonly uuid: string };
  readonly actor: { readonly type: string; readonly id: string | number; readonly name: string };
  readonly data: { readonly issue: SentryIssue };
}

/** An issue. Times are text as in ISO 8601. */
export interface SentryIssue {
  readonly id: string;
  readonly shortId: string;
  readonly title: string;
  readonly culprit: string | null;
  /** The URL in the API. */
  readonly url?: string;
  readonly web_url?: string;
  /** The URL of the project in the API. */
  readonly project_url?: string;
  readonly permalink: string | null;
  readonly level: string;
  readonly logger: string | null;
  readonly type: string;
  readonly platform: string | null;
  readonly status: 'resolved' | 'unresolved' | 'ignored';
  readonly substatus?: string | null;
  readonly statusDetails: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly project: {
    readonly id: string;
    readonly name: string;
    readonly slug: string;
    readonly platform: string | null;
  };
  readonly assignedTo: {
    readonly type?: string;
    readonly id?: string;
    readonly name?: string;
    readonly email?: string;
  } | null;
  /** A number as text. */
  readonly count: string;
  readonly userCount: number;
  readonly numComments: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly isBookmarked: boolean;
  readonly isPublic: boolean;
  readonly isSubscribed: boolean;
  readonly hasSeen: boolean;
  readonly shareId: string | null;
  readonly subscriptionDetails: unknown;
  readonly annotations: readonly unknown[];
}

interface SentryPayloads {
  readonly issue: SentryIssuePayload;
}

/** The events of Sentry. Those of issues have the fields of its page; others have an unknown payload. */
export interface SentryEvents extends TypedEvents<NamedEvents<typeof sentry>, SentryPayloads> {}
