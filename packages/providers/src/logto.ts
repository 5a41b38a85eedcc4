/** Logto: HMAC-SHA-256 over the raw body. */

import { definePreset, rawBodyHmac } from '@countersign/core/preset';
import type { LogtoEvents } from './events/logto.ts';

export type { LogtoEvents } from './events/logto.ts';

/**
 * Logto signs the body in `logto-signature-sha-256`, in hexadecimal.
 *
 * No timestamp is signed, so a captured delivery can be replayed at any time; a dedupe store stops it.
 *
 * @see https://docs.logto.io/developers/webhooks/secure-webhooks (read 2026-11-20)
 * @see https://github.com/logto-io/logto (packages/core/src/libraries/hook/utils.ts, read 2026-11-26)
 */
export const logto = definePreset<LogtoEvents>({
  name: 'logto',
  title: 'Logto',
  scheme: rawBodyHmac({ header: 'logto-signature-sha-256' }),
  eventType: { json: 'event' },
  eventCreatedAt: { json: 'createdAt', unit: 'iso8601' },
  identity: {
    bytesRepeat: false,
    source:
      'https://github.com/logto-io/logto, packages/core/src/libraries/hook/utils.ts (createdAt in milliseconds in every body); read 2026-11-26',
  },
  responseDeadlineSeconds: 10,
  retries: {
    keepsBody: true,
    retriedOn: ['5xx'],
    note: 'Up to three times within seconds, after a status of 500 to 599 only; a timeout is not tried again.',
  },
  secretHelp: 'The signing key of the webhook.',
  source: {
    title: 'Logto, packages/core/src/libraries/hook/utils.ts',
    url: 'https://github.com/logto-io/logto/blob/master/packages/core/src/libraries/hook/utils.ts',
    readOn: '2026-11-26',
  },
  confidence: 'sdk_source',
  unsaid: ['An id of the event.'],
});
