/** Polar: Standard Webhooks. */

import { definePreset, standardWebhooksHmac } from '@countersign/core/preset';
import type { PolarEvents } from './events/polar.ts';

export type {
  PolarAddress,
  PolarCheckout,
  PolarCustomer,
  PolarEvents,
  PolarOrder,
  PolarOrderItem,
  PolarPayload,
  PolarProduct,
  PolarSubscription,
} from './events/polar.ts';

/**
 * Polar signs as Standard Webhooks says and takes the text of the secret as the key: nothing is decoded. With
 * another preset for Standard Webhooks every delivery is refused.
 *
 * @see https://github.com/polarsource/polar-js (src/webhooks.ts, read 2026-11-20)
 * @see https://github.com/polarsource/polar (server/polar/webhook/tasks.py: what Polar sends, read 2026-11-26)
 */
export const polar = definePreset<PolarEvents>({
  name: 'polar',
  title: 'Polar',
  // Endpoints made before 2026-09-08 sign with the secret as text, later ones with what is in base64 behind whsec_.
  scheme: standardWebhooksHmac({ secret: { encoding: 'utf8', or: { encoding: 'base64', prefix: 'whsec_' } } }),
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'timestamp', unit: 'iso8601' },
  toleranceSeconds: 300,
  responseDeadlineSeconds: 10,
  retries: {
    resigns: true,
    keepsBody: true,
    note: 'Ten attempts; the delays double from a few seconds, at most 20 minutes each. Then the endpoint can be disabled.',
  },
  secretHelp: 'The secret entered for the endpoint, always used as text.',
  wrongSecrets: { polar_oat_: 'an organization access token', polar_pat_: 'a personal access token' },
  rotation: 'Several signatures in one header, separated by spaces; one match is enough.',
  source: {
    title: 'Polar’s package for JavaScript, src/webhooks.ts',
    url: 'https://github.com/polarsource/polar-js',
    readOn: '2026-11-20',
  },
  confidence: 'sdk_source',
  unsaid: ['Polar’s formats for Discord and Slack have no type; use the raw format.'],
});
