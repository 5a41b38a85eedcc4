/** Microsoft Graph’s change notifications: clientState inside every notification. */

import { sharedToken } from '@countersign/core';
import { batches, definePreset, handshakes } from '@countersign/core/preset';
import type { MicrosoftGraphEvents } from './events/microsoft-graph.ts';

export type { MicrosoftGraphEvents } from './events/microsoft-graph.ts';

/**
 * Microsoft Graph repeats the `clientState` of the subscription in each notification; one POST may hold those
 * of several subscriptions, and every one has to have it. Each is handled separately.
 *
 * The validation of an address, a POST with `validationToken` in its query, is answered. The encrypted content of
 * rich notifications is not decrypted here.
 *
 * The token is not bound to the delivery: anyone who has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * Notifications about a drive have no id, no time and nothing of the change: two of them are equal byte for byte, and with
 * a dedupe store the second counts as a duplicate. For such subscriptions leave the store out; the delta query that they
 * ask for can run more than once.
 *
 * @see
 * https://github.com/microsoftgraph/microsoft-graph-docs-contrib/blob/main/concepts/change-notifications-delivery-webhooks.md
 * (Receive change notifications through webhooks, read 2026-11-26)
 */
export const microsoftGraph = definePreset<MicrosoftGraphEvents>({
  name: 'microsoft-graph',
  title: 'Microsoft Graph',
  scheme: sharedToken({ token: { json: 'value.*.clientState' } }),
  eventId: { json: 'id' },
  eventType: { json: 'changeType' },
  ...batches,
  batch: { json: 'value.*' },
  identity: {
    bytesRepeat: true,
    source:
      'https://github.com/OneDrive/onedrive-api-docs, docs/rest-api/concepts/using-webhooks.md (example notification); read 2026-11-26',
    note: 'Notifications about a drive have only the subscription, its end, the resource and the client state.',
  },
  responseDeadlineSeconds: 3,
  retries: { horizonSeconds: 14_400, note: 'For up to four hours; a URL that responds slowly is throttled.' },
  handshakes: handshakes([
    {
      name: 'validationToken',
      when: { method: 'POST', query: { validationToken: '*' } },
      signed: false,
      response: { body: { query: 'validationToken' } },
    },
  ]),
  secretHelp: 'The clientState that you set when the subscription was created.',
  source: {
    title: 'Microsoft Graph documentation, Receive change notifications through webhooks',
    url: 'https://github.com/microsoftgraph/microsoft-graph-docs-contrib/blob/main/concepts/change-notifications-delivery-webhooks.md',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unverified: ['The place of the id, which is not always there.'],
});
