/** Clapwork's events. Its page shows neither a payload nor the place of the name. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const clapwork = {
  source: { title: 'Clapwork API documentation, section Webhooks', readOn: '2026-11-21' },
  names: [
    'contract.completed',
    'contract.created',
    'contract.started',
    'job.closed',
    'job.created',
    'job.published',
    'milestone.approved',
    'payment.completed',
    'payment.failed',
    'proposal.accepted',
    'proposal.received',
    'review.received',
  ],
  always: [],
} as const satisfies SenderEvents;

/** Clapwork's events, with unknown payloads. */
export interface ClapworkEvents extends NamedEvents<typeof clapwork> {}
