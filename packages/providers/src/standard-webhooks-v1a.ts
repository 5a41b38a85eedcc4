/** Standard Webhooks, asymmetric: Ed25519 in the same headers as the symmetric form. */

import { definePreset } from '@countersign/core/preset';
import { publicKey } from '@countersign/core/preset/public-key';
import type { StandardWebhooksV1aEvents } from './events/standard-webhooks-v1a.ts';

export type { StandardWebhooksV1aEvents } from './events/standard-webhooks-v1a.ts';

/**
 * Standard Webhooks 1.0.0 with a public key: Ed25519 over `{id}.{timestamp}.{body}`, in items `v1a,<base64>`. Items under
 * `v1`, which the symmetric form uses, may stand in the same header and are passed over.
 *
 * The key starts with `whpk_`. Never take it from a request.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-11-26)
 */
export const standardWebhooksV1a = definePreset<StandardWebhooksV1aEvents, 'keys'>({
  name: 'standard-webhooks-v1a',
  title: 'Standard Webhooks (asymmetric)',
  scheme: publicKey({
    algorithm: { name: 'Ed25519' },
    signature: { header: 'webhook-signature', key: 'v1a', separator: ' ', assign: ',', encoding: 'base64' },
    timestamp: { header: 'webhook-timestamp', unit: 'seconds' },
    id: { header: 'webhook-id' },
    signs: ['id', { text: '.' }, 'timestamp', { text: '.' }, 'body'],
    keyPrefix: 'whpk_',
  }),
  eventId: { header: 'webhook-id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'timestamp', unit: 'iso8601' },
  toleranceSeconds: 300,
  responseDeadlineSeconds: 15,
  retries: { resigns: true, note: 'Each sender has its own schedule.' },
  secretHelp:
    'The public key of the endpoint, whpk_ and 32 bytes in base64. A key that starts with whsk_ is the private one.',
  rotation: 'Several signatures in one header, separated by spaces; one match is enough.',
  source: {
    title: 'Standard Webhooks, specification',
    url: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
});
