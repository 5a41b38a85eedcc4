/** Event names of Netlify, spelled as in public code of others. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const netlify = {
  source: {
    title: 'Netlify documentation, Deploy notifications (which events), and public code of others (spelling)',
    url: 'https://docs.netlify.com/deploy/deploy-notifications/',
    readOn: '2026-11-27',
  },
  names: [
    'deploy_building',
    'deploy_created',
    'deploy_deleted',
    'deploy_failed',
    'deploy_failed_after_succeeding',
    'deploy_locked',
    'deploy_request_accepted',
    'deploy_request_pending',
    'deploy_request_rejected',
    'deploy_restored',
    'deploy_succeeded_after_failing',
    'deploy_unlocked',
    'split_test_activated',
    'split_test_deactivated',
    'submission_created',
  ],
  always: [],
} as const satisfies SenderEvents;

/** The events of Netlify, with unknown payloads. */
export interface NetlifyEvents extends NamedEvents<typeof netlify> {}
