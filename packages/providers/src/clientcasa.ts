/** ClientCasa: event names from documentation that describes no signature, so the user must supply the scheme. */

import { type KeyMaterial, type Provider, type Scheme, WebhookError } from '@countersign/core';
import type { ProviderDescription } from '@countersign/core/describe';
import { definePreset } from '@countersign/core/preset';

const source = { title: 'ClientCasa API reference, page Webhooks', readOn: '2026-11-21' } as const;

const events = [
  'invoice_sent',
  'invoice_due_soon',
  'invoice_overdue',
  'invoice_paid',
  'invoice_payment_failed',
  'invoice_disputed',
  'invoice_payment_reminder',
  'invoice_viewed',
  'payment_received',
  'payment_refunded',
  'payment_applied',
  'payment_unapplied',
  'payment_deleted',
  'payment_chargeback',
  'receipt_sent',
  'schedule_deposit_ready',
  'schedule_installment_due',
  'schedule_installment_paid',
  'schedule_completed',
  'document_processed',
  'document_action_created',
  'document_action_approved',
  'document_needs_review',
  'document_failed',
  'client_created',
  'contact_created',
  'project_created',
  'time_entry_created',
  'lead_created',
  'client_won',
  'client_lost',
  'lead_status_changed',
  'milestone_approaching',
  'timer_running_reminder',
  'contract_sent',
  'contract_viewed',
  'contract_signed',
  'contract_recipient_signed',
  'contract_countersigned',
  'contract_completed',
  'contract_expired',
  'contract_voided',
  'smart_file_sent',
  'smart_file_viewed',
  'smart_file_accepted',
  'smart_file_completed',
  'smart_file_expired',
  'form_submission_completed',
  'subscription_payment_failed',
  'payout_paid',
  'payout_failed',
  'event_day_created',
  'event_day_published',
  'event_day_archived',
  'timeline_item_completed',
  'timeline_reminder_sent',
] as const;

/** ClientCasa's events. The page shows no payload. */
export interface ClientCasaEvents extends Readonly<Record<(typeof events)[number], unknown>> {}

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
    events,
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
