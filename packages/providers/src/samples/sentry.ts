/**
 * A sample payload of Sentry: a new issue.
 *
 * Fields: github.com/getsentry/sentry-docs, docs/organization/integrations/integration-
 * platform/webhooks/issues.mdx; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { SentryEvents } from '../events/sentry.ts';

export const samples: SenderSamples = {
  issue: {
    action: 'created',
    installation: { uuid: '00000000-0000-4000-8000-000000000001' },
    actor: { type: 'application', id: 'sentry', name: 'Sentry' },
    data: {
      issue: {
        id: '1001',
        shortId: 'SHOP-1',
        title: 'TypeError: cart is undefined',
        culprit: 'checkout(cart)',
        url: 'https://sentry.io/api/0/organizations/example/issues/1001/',
        web_url: 'https://example.sentry.io/issues/1001/',
        project_url: 'https://example.sentry.io/issues/?project=2001',
        permalink: 'https://example.sentry.io/issues/1001/',
        level: 'error',
        logger: null,
        type: 'error',
        platform: 'javascript',
        status: 'unresolved',
        substatus: 'new',
        statusDetails: {},
        metadata: { type: 'TypeError', value: 'cart is undefined', filename: 'checkout.js', function: 'checkout' },
        project: { id: '2001', name: 'shop', slug: 'shop', platform: 'javascript' },
        assignedTo: null,
        count: '1',
        userCount: 1,
        numComments: 0,
        firstSeen: '2026-03-01T10:00:00.000000Z',
        lastSeen: '2026-03-01T10:00:00.000000Z',
        isBookmarked: false,
        isPublic: false,
        isSubscribed: false,
        hasSeen: false,
        shareId: null,
        subscriptionDetails: null,
        annotations: [],
      },
    },
  },
} satisfies SamplesOf<SentryEvents>;
