/** Kinds of change in Microsoft Graph, from its package. Lifecycle notifications have none. */

import type { NamedEvents, SenderEvents } from './sender-events.ts';

export const microsoftGraph = {
  source: {
    title: 'Microsoft’s package, @microsoft/microsoft-graph-types 2.43.1, microsoft-graph.d.ts, ChangeType',
    url: 'https://www.npmjs.com/package/@microsoft/microsoft-graph-types/v/2.43.1',
    readOn: '2026-11-27',
  },
  names: ['created', 'deleted', 'updated'],
  always: [],
} as const satisfies SenderEvents;

/** The events of Microsoft Graph, with unknown payloads. */
export interface MicrosoftGraphEvents extends NamedEvents<typeof microsoftGraph> {}
