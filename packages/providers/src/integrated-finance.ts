/** Integrated Finance: Ed25519 over the digest of the body and five headers. */

import { defineProvider, publicKey, WebhookError } from '@countersign/core';

/** What the row of facts on Integrated Finance leaves unsaid and a receiver needs. */
export interface IntegratedFinanceOptions {
  /** The header with the timestamp of the event, as your deliveries show it. */
  readonly eventTimestampHeader: string;
  /** The header with the id of the request. */
  readonly requestIdHeader: string;
}

/**
 * Integrated Finance, which signs
 * `{content-digest}|{event-id}|{event-timestamp}|{request-id}|{request-timestamp}|{key-version}` with Ed25519. The digest is
 * the SHA-512 of the body in base64 and is computed here, never read from a header.
 *
 * The names of two of the headers were not read, so the preset asks for them.
 *
 * @example
 * const provider = integratedFinance({
 *   eventTimestampHeader: 'the-header-that-your-deliveries-show',
 *   requestIdHeader: 'another-one',
 * });
 *
 * @throws options_invalid without the names of both headers
 * @see https://developer.integrated.finance/docs/webhook-authentication (read 2026-11-20)
 */
export function integratedFinance(options: IntegratedFinanceOptions) {
  for (const name of ['eventTimestampHeader', 'requestIdHeader'] as const) {
    if (typeof options?.[name] !== 'string' || options[name] === '') {
      const hint = 'Give the name of the header that your deliveries show.';
      throw new WebhookError('options_invalid', { at: `integratedFinance.${name}`, hint });
    }
  }
  const bar = { text: '|' };
  return defineProvider<object, 'keys'>({
    name: 'integrated-finance',
    title: 'Integrated Finance',
    scheme: publicKey({
      algorithm: { name: 'Ed25519' },
      signature: { header: 'x-webhook-signature', encoding: 'base64' },
      timestamp: { header: 'x-webhook-request-timestamp', unit: 'iso8601' },
      id: { header: 'x-webhook-event-id' },
      signs: [
        { bodyDigest: 'SHA-512', encoding: 'base64' },
        bar,
        'id',
        bar,
        { header: options.eventTimestampHeader },
        bar,
        { header: options.requestIdHeader },
        bar,
        'timestamp',
        bar,
        { header: 'x-webhook-key-version' },
      ],
    }),
    secretHelp: 'The public key of the version that X-Webhook-Key-Version names: 32 bytes in base64.',
    rotation: 'X-Webhook-Key-Version says which key signed.',
    source: {
      title: 'Integrated Finance documentation, Webhook authentication',
      url: 'https://developer.integrated.finance/docs/webhook-authentication',
      readOn: '2026-11-20',
    },
    confidence: 'documented',
    unsaid: [
      'The names of the headers with the event’s timestamp and the request’s id.',
      'How old a delivery may be; the preset takes 300 seconds.',
    ],
  });
}
