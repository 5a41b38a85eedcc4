/** ClientCasa: event names from documentation that describes no signature, so the user must supply the scheme. */

import { type KeyMaterial, type Provider, type Scheme, WebhookError } from '@countersign/core';
import type { ProviderDescription } from '@countersign/core/describe';
import { definePreset } from '@countersign/core/preset';
import type { ClientCasaEvents } from './events/clientcasa.ts';

export type { ClientCasaEvents } from './events/clientcasa.ts';

const source = { title: 'ClientCasa API reference, page Webhooks', readOn: '2026-11-21' } as const;

/**
 * The facts that ClientCasa's documentation leaves open and a receiver needs. Read them from your own deliveries, or
 * ask ClientCasa.
 */
export interface ClientCasaOptions<Material extends KeyMaterial = KeyMaterial> {
  /** The signature scheme: `rawBodyHmac({ header })`, `hmac({ ... })`, `sharedToken({ ... })` or another scheme. */
  readonly scheme: Scheme<Material>;
  /** The place of an event's id. If left out, the digest of the body identifies it. */
  readonly eventId?: NonNullable<ProviderDescription['eventId']>;
  /** The place of an event's name. If left out, `event.type` is undefined. */
  readonly eventType?: NonNullable<ProviderDescription['eventType']>;
  /** The sender's time when the event was created. */
  readonly eventCreatedAt?: NonNullable<ProviderDescription['eventCreatedAt']>;
  /** The format of the body. Default `json`. */
  readonly payload?: NonNullable<ProviderDescription['payload']>;
  /** Time that ClientCasa waits for a response, in seconds. */
  readonly responseDeadlineSeconds?: number;
  /** ClientCasa's retries. */
  readonly retries?: NonNullable<ProviderDescription['retries']>;
}

const known = new Set([
  'scheme',
  'eventId',
  'eventType',
  'eventCreatedAt',
  'payload',
  'responseDeadlineSeconds',
  'retries',
]);

/**
 * ClientCasa, completed with facts from your own deliveries.
 *
 * The documentation is a reference of the API that manages webhooks. It lists 56 names of events and says that a
 * webhook may have a secret, but not how a delivery is signed. A preset that guessed could accept forgeries or refuse
 * everything, so this one asks you. The scheme decides whether the receiver needs secrets or keys.
 *
 * @example
 * const provider = clientcasa({
 *   scheme: rawBodyHmac({ header: 'x-signature-that-your-deliveries-show' }),
 *   eventType: { json: 'event' },
 * });
 * const receiver = createReceiver({ provider, secrets: process.env.CLIENTCASA_WEBHOOK_SECRET! });
 *
 * @throws options_invalid without a scheme, or for an option that does not exist
 */
export function clientcasa<Material extends KeyMaterial>(
  options: ClientCasaOptions<Material>,
): Provider<ClientCasaEvents, Material> {
  requireOptions(options);
  return definePreset<ClientCasaEvents, Material>({
    ...options,
    name: 'clientcasa',
    title: 'ClientCasa',
    secretHelp: 'The documentation says only that a webhook may have a secret, not where it is set or shown.',
    confidence: 'documented',
    source,
    unsaid: [
      'Which header or field has the signature, how it is computed, and what it covers.',
      'Where the secret is set or shown; a webhook only says whether it has one.',
      'The body of a delivery, and the places of an event’s id and name.',
      'How long the sender waits for a response, what counts as success, and whether deliveries are retried.',
    ],
  });
}

function requireOptions(options: unknown): void {
  const scheme = typeof options === 'object' && options !== null ? (options as { scheme?: unknown }).scheme : undefined;
  if (typeof (scheme as Partial<Scheme> | null | undefined)?.bind !== 'function') {
    throw new WebhookError('options_invalid', {
      at: 'clientcasa.scheme',
      hint: 'ClientCasa describes only the API that manages webhooks; its documentation names no signature header, no algorithm and no signed text. Pass the scheme that your deliveries show: clientcasa({ scheme: rawBodyHmac({ header }) }) or hmac({ ... }).',
    });
  }
  for (const name of Object.keys(options as object)) {
    if (known.has(name)) continue;
    throw new WebhookError('options_invalid', {
      at: `clientcasa.${name}`,
      hint: `There is no such option. There are: ${[...known].join(', ')}.`,
    });
  }
}
