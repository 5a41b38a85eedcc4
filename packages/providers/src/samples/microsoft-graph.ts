/**
 * Sample payloads of Microsoft Graph: single change notifications about mail.
 *
 * Fields: https://learn.microsoft.com/en-us/graph/api/resources/changenotification; read 2026-11-27.
 */

import type { SamplesOf, SenderSamples } from '../events/sender-events.ts';
import type { MicrosoftGraphEvents } from '../typed/microsoft-graph.ts';

const common = {
  id: 'sampleNotification0001',
  subscriptionId: '00000000-0000-4000-8000-000000000001',
  subscriptionExpirationDateTime: '2026-03-04T10:00:00.0000000Z',
  clientState: 'example-client-state-0123456789',
  tenantId: '00000000-0000-4000-8000-000000000002',
  resource: 'Users/00000000-0000-4000-8000-000000000003/Messages/SAMPLEMESSAGE0001',
  resourceData: {
    '@odata.type': '#Microsoft.Graph.Message',
    '@odata.id': 'Users/00000000-0000-4000-8000-000000000003/Messages/SAMPLEMESSAGE0001',
    '@odata.etag': 'W/"SAMPLEETAG0001"',
    id: 'SAMPLEMESSAGE0001',
  },
};

export const samples: SenderSamples = {
  created: { ...common, changeType: 'created' },
  updated: { ...common, changeType: 'updated' },
  deleted: { ...common, changeType: 'deleted' },
} satisfies SamplesOf<MicrosoftGraphEvents>;
