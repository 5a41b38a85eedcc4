/** Convoy, a gateway that signs as its operator configured it. */

import { WebhookError } from '@countersign/core';
import type { HashName } from '@countersign/core/describe';
import { definePreset, hmac, rawBodyHmac } from '@countersign/core/preset';
import type { ConvoyEvents } from './events/convoy.ts';

export type { ConvoyEvents } from './events/convoy.ts';

/** The gateway's settings for signing. They cannot be read from a delivery. */
export interface ConvoyOptions {
  /** `simple`: only the body. `advanced`: `t=...,v1=...` over timestamp and body. */
  readonly mode: 'simple' | 'advanced';
  readonly hash: Extract<HashName, 'SHA-256' | 'SHA-512'>;
  readonly encoding: 'hex' | 'base64';
  /** Default `X-Convoy-Signature`. */
  readonly header?: string;
}

/**
 * Convoy signs the body, or `{t},{body}` with a comma in between, with the hash and encoding set for the project. In
 * advanced mode the entries may be in any order, and there are several `v1` during a rotation. A project with several
 * versions also sends `v2` and more: pass hash and encoding of the first version, or of the last one for `simple`.
 *
 * @example
 * const provider = convoy({ mode: 'advanced', hash: 'SHA-256', encoding: 'hex' });
 * const receiver = createReceiver({ provider, secrets: process.env.CONVOY_SECRET! });
 *
 * @throws options_invalid without mode, hash and encoding
 * @see https://github.com/frain-dev/convoy (pkg/signature/signature.go and worker/task/process_event_delivery.go, read
 *   2026-11-26)
 */
export function convoy(options: ConvoyOptions) {
  const { mode, hash, encoding, header = 'x-convoy-signature' } = options ?? {};
  const refuse = (at: string, hint: string) => new WebhookError('options_invalid', { at: `convoy.${at}`, hint });
  if (mode !== 'simple' && mode !== 'advanced') throw refuse('mode', 'Expected simple or advanced.');
  if (hash !== 'SHA-256' && hash !== 'SHA-512') throw refuse('hash', 'Expected SHA-256 or SHA-512.');
  if (encoding !== 'hex' && encoding !== 'base64') throw refuse('encoding', 'Expected hex or base64.');
  return definePreset<ConvoyEvents>({
    name: 'convoy',
    title: 'Convoy',
    scheme:
      mode === 'simple'
        ? rawBodyHmac({ header, encoding, hash })
        : hmac({
            hash,
            signature: { header, key: 'v1', encoding },
            timestamp: { header, key: 't', unit: 'seconds' },
            signs: ['timestamp', { text: ',' }, 'body'],
          }),
    eventId: { header: 'x-convoy-event-id' },
    identity: {
      bytesRepeat: true,
      idKept: true,
      source: 'https://github.com/frain-dev/convoy/blob/main/worker/task/process_event_delivery.go (read 2026-11-26)',
      note: 'The body is whatever the operator’s app sends, so two events can have the same bytes. The id is the event’s, the same in every attempt; it is sent only if the project adds trace headers.',
    },
    retries: {
      ...(mode === 'advanced' && { resigns: true }),
      keepsBody: true,
      note: 'The operator sets the number of retries and the delays.',
    },
    secretHelp: 'The secret of the endpoint, used as text.',
    rotation: 'Several v1 entries in advanced mode.',
    source: {
      title: 'Convoy, pkg/signature/signature.go',
      url: 'https://github.com/frain-dev/convoy/blob/main/pkg/signature/signature.go',
      readOn: '2026-11-26',
    },
    confidence: 'sdk_source',
    unsaid: [
      'The maximum age of a delivery; the preset uses 300 seconds.',
      'The type of the event: the body is the operator’s own.',
    ],
  });
}
