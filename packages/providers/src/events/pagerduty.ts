/** Event names of PagerDuty, from its documentation. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const pagerduty = {
  source: {
    title: 'PagerDuty developer documentation, docs/webhooks/01-Overview.md, Event Types',
    url: 'https://github.com/PagerDuty/developer-docs/blob/main/docs/webhooks/01-Overview.md',
    readOn: '2026-11-27',
  },
  names: [
    'incident.acknowledged',
    'incident.action_invocation.created',
    'incident.action_invocation.terminated',
    'incident.action_invocation.updated',
    'incident.annotated',
    'incident.conference_bridge.updated',
    'incident.custom_field_values.updated',
    'incident.delegated',
    'incident.escalated',
    'incident.incident_type.changed',
    'incident.priority_updated',
    'incident.reassigned',
    'incident.reopened',
    'incident.resolved',
    'incident.responder.added',
    'incident.responder.replied',
    'incident.role.assigned',
    'incident.service_updated',
    'incident.status_update_published',
    'incident.task.completed',
    'incident.task.created',
    'incident.task.updated',
    'incident.triggered',
    'incident.unacknowledged',
    'incident.workflow.completed',
    'incident.workflow.started',
    'service.created',
    'service.custom_field_values.updated',
    'service.deleted',
    'service.updated',
  ],
  always: ['id', 'type'],
} as const satisfies SenderEvents;

/** The events of PagerDuty, with unknown payloads. */
export interface PagerDutyEvents extends NamedEvents<typeof pagerduty> {}
