/** Integrated Finance: Ed25519 over the digest of the body and five headers. */

import { bodyValues, composedText, definePreset } from '@countersign/core/preset';
import { publicKey } from '@countersign/core/preset/public-key';
import type { IntegratedFinanceEvents } from './events/integrated-finance.ts';

export type { IntegratedFinanceEvents } from './events/integrated-finance.ts';

const bar = { text: '|' };

/**
 * Integrated Finance, which signs
 * `{content-digest}|{event-id}|{event-timestamp}|{request-id}|{request-timestamp}|{key-version}` with Ed25519. The digest is
 * the SHA-512 of the body in base64 and is computed here, never read from a header.
 *
 * @see https://developer.integrated.finance/docs/webhook (read 2026-11-26)
 */
export const integratedFinance = definePreset<IntegratedFinanceEvents, 'keys'>({
  name: 'integrated-finance',
  title: 'Integrated Finance',
  scheme: publicKey(
    {
      algorithm: { name: 'Ed25519' },
      signature: { header: 'x-webhook-signature', encoding: 'base64' },
      timestamp: { header: 'x-webhook-request-timestamp', unit: 'iso8601' },
      id: { header: 'x-webhook-event-id' },
      signs: [
        { bodyDigest: 'SHA-512', encoding: 'base64' },
        bar,
        'id',
        bar,
        { header: 'x-webhook-event-timestamp' },
        bar,
        { header: 'x-webhook-request-id' },
        bar,
        'timestamp',
        bar,
        { header: 'x-webhook-key-version' },
      ],
    },
    composedText,
    bodyValues,
  ),
  eventCreatedAt: { header: 'x-webhook-event-timestamp', unit: 'iso8601' },
  secretHelp: 'The public key of the version that X-Webhook-Key-Version names: 32 bytes in base64.',
  rotation: 'X-Webhook-Key-Version says which key signed.',
  source: {
    title: 'Integrated Finance documentation, Webhooks',
    url: 'https://developer.integrated.finance/docs/webhook',
    readOn: '2026-11-26',
  },
  confidence: 'documented',
  unsaid: [
    'The maximum age of a delivery; the preset uses 300 seconds.',
    'The place of the event’s type.',
    'How deliveries are repeated: the page has a section on it that was not read.',
  ],
});
