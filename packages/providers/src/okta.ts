/** Okta’s event hooks: a configured text in the Authorization header. */

import { sharedToken } from '@countersign/core';
import { batches, definePreset, handshakes } from '@countersign/core/preset';
import type { OktaEvents } from './events/okta.ts';

export type { OktaEvents } from './events/okta.ts';

/**
 * Okta repeats the text configured as authentication secret in `Authorization`; for another header name, `{
 * ...okta, scheme: sharedToken({ token: { header } }) }`. Each event of a delivery is handled separately.
 *
 * The one-time verification, a GET with `X-Okta-Verification-Challenge`, is answered; mount the address for GET as
 * well.
 *
 * The token is not bound to the delivery: anyone who has seen one can send others with any content.
 * `event.signed.body` is false.
 *
 * @see https://github.com/okta/okta-developer-docs (Event hooks, read 2026-11-26)
 */
export const okta = definePreset<OktaEvents>({
  name: 'okta',
  title: 'Okta event hooks',
  scheme: sharedToken({ token: { header: 'authorization' } }),
  eventId: { json: 'uuid' },
  eventType: { json: 'eventType' },
  eventCreatedAt: { json: 'published', unit: 'iso8601' },
  identity: {
    bytesRepeat: false,
    source: 'https://github.com/okta/okta-developer-docs (docs/concepts/event-hooks), read 2026-11-26',
    note: 'Each delivery has an eventId and a time, each event a uuid.',
  },
  ...batches,
  batch: { json: 'data.events.*' },
  responseDeadlineSeconds: 3,
  retries: { retriedOn: ['5xx'], note: 'At most once, after 5xx; never after 4xx. Events may come in any order.' },
  handshakes: handshakes([
    {
      name: 'verification',
      when: { method: 'GET', header: 'x-okta-verification-challenge' },
      signed: false,
      response: { body: { object: { verification: { header: 'x-okta-verification-challenge' } } } },
    },
  ]),
  secretHelp: 'The authentication secret of the event hook, repeated unchanged.',
  source: {
    title: 'Okta developer documentation, Event hooks',
    url: 'https://github.com/okta/okta-developer-docs',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
});
