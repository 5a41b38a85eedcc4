/** Event names of EasyPost, as in description. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const easypost = {
  source: {
    title: 'EasyPost documentation, Event, Possible Event Types',
    url: 'https://docs.easypost.com/docs/events',
    readOn: '2026-11-27',
  },
  names: [
    'batch.created',
    'batch.updated',
    'claim.approved',
    'claim.cancelled',
    'claim.rejected',
    'claim.submitted',
    'claim.updated',
    'insurance.cancelled',
    'insurance.purchased',
    'payment.completed',
    'payment.created',
    'payment.failed',
    'refund.successful',
    'report.available',
    'report.empty',
    'report.failed',
    'report.new',
    'scan_form.created',
    'scan_form.updated',
    'shipment.invoice.created',
    'shipment.invoice.updated',
    'tracker.created',
    'tracker.updated',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of EasyPost, with unknown payloads. */
export interface EasyPostEvents extends NamedEvents<typeof easypost> {}
