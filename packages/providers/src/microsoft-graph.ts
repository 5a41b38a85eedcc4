/** Microsoft Graph’s change notifications: clientState inside every notification. */

import { defineProvider, sharedToken } from '@countersign/core';

/**
 * Microsoft Graph, which repeats the `clientState` of the subscription in each notification; one POST may hold those
 * of several subscriptions, and every one has to have it. Each is handled on its own.
 *
 * The validation of an address, a POST with `validationToken` in its query, is answered. The encrypted content of
 * rich notifications is not decrypted here.
 *
 * Nothing of a delivery is bound to the token: whoever has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see
 * https://github.com/microsoftgraph/microsoft-graph-docs-contrib/blob/main/concepts/change-notifications-delivery-webhooks.md
 * (Receive change notifications through webhooks, read 2026-11-20)
 */
export const microsoftGraph = defineProvider({
  name: 'microsoft-graph',
  title: 'Microsoft Graph',
  scheme: sharedToken({ token: { json: 'value.*.clientState' } }),
  eventId: { json: 'id' },
  eventType: { json: 'changeType' },
  batch: { json: 'value.*' },
  responseDeadlineSeconds: 3,
  retries: { horizonSeconds: 14_400, note: 'For up to four hours; an address that answers slowly is throttled.' },
  handshakes: [
    {
      name: 'validationToken',
      when: { method: 'POST', query: { validationToken: '*' } },
      signed: false,
      answer: { body: { query: 'validationToken' } },
    },
  ],
  secretHelp: 'The clientState given when the subscription was made, up to you.',
  source: {
    title: 'Microsoft Graph documentation, Receive change notifications through webhooks',
    url: 'https://github.com/microsoftgraph/microsoft-graph-docs-contrib/blob/main/concepts/change-notifications-delivery-webhooks.md',
    readOn: '2026-11-20',
  },
  confidence: 'documented',
  unverified: ['The place of the id, which is not always there.'],
});
