/** Inspects one delivery. Pure: the views decide what to show. */

import { type AnyEvent, createReceiver, isWebhookError, type Provider, type WebhookError } from '@countersign/core';
import {
  type Diagnosis,
  diagnose,
  type FrameworkInUse,
  type SignedText,
  signedTextsOf,
} from '@countersign/core/diagnose';
import type { HeaderPair } from './request-text.ts';
import { takesCertificate } from './senders.ts';

/** The delivery to inspect, and all that is needed to verify it. */
export interface InspectionInput {
  readonly provider: Provider;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  readonly method: string;
  readonly target: string;
  readonly publicUrl: string;
  readonly secret: string;
  readonly otherSecret: string;
  readonly key: string;
  /** Time of arrival. */
  readonly now: Date;
  readonly allowsWeakSecrets: boolean;
  readonly framework: FrameworkInUse;
  readonly otherProviders: readonly Provider[];
}

/**
 * The verdict of a receiver.
 *
 * `stale`: the signature is right, and the signed time is outside the window. `unable`: the secret or an option is unusable, so this says
 * nothing about the delivery. `waiting`: input is missing.
 */
export type Verdict =
  | { readonly kind: 'verifies' | 'stale'; readonly event: AnyEvent; readonly error?: WebhookError }
  | { readonly kind: 'refused' | 'unable'; readonly error: WebhookError }
  | { readonly kind: 'waiting'; readonly missing: readonly string[] };

/** The results that are available immediately. */
export interface Inspection {
  readonly verdict: Verdict;
  readonly texts: readonly SignedText[];
}

/** Never throws because of a delivery or a secret. */
export async function inspect(input: InspectionInput): Promise<Inspection> {
  const { provider, publicUrl } = input;
  const texts = await signedTextsOf(deliveryOf(input), provider, publicUrl === '' ? {} : { publicUrl });
  const missing = findMissing(input);
  return { verdict: missing.length > 0 ? { kind: 'waiting', missing } : await verdictOf(input), texts };
}

/** Looks for the reason of a refusal, which may take seconds; undefined if there is nothing to explain. */
export async function explain(input: InspectionInput, verdict: Verdict): Promise<Diagnosis | undefined> {
  return verdict.kind === 'refused' || verdict.kind === 'unable' ? tryDiagnosis(input) : undefined;
}

function deliveryOf({ headers, body, method, target }: InspectionInput) {
  return { headers, body, method, url: target === '' ? '/' : target };
}

function findMissing({ provider, headers, body, secret, key }: InspectionInput): readonly string[] {
  const { material } = provider.scheme;
  return [
    headers.length === 0 && body.length === 0 && 'headers and body',
    secret === '' && (material === 'secrets' || material === 'both') && 'the secret',
    key === '' && (material === 'keys' || material === 'both') && 'the public key',
    key === '' && takesCertificate(provider) && 'the certificate',
  ].filter((one) => one !== false);
}

async function verdictOf(input: InspectionInput): Promise<Verdict> {
  try {
    return { kind: 'verifies', event: await receiverOf(input, false).verify(deliveryOf(input)) };
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    if (error.code === 'timestamp_too_old' || error.code === 'timestamp_too_new') {
      try {
        return { kind: 'stale', event: await receiverOf(input, true).verify(deliveryOf(input)), error };
      } catch (second) {
        return { kind: 'refused', error: isWebhookError(second) ? second : error };
      }
    }
    return { kind: error.fault === 'receiver' ? 'unable' : 'refused', error };
  }
}

function receiverOf(input: InspectionInput, ignoresTime: boolean) {
  const { provider, publicUrl, secret, now, allowsWeakSecrets } = input;
  const { material } = provider.scheme;
  return createReceiver({
    provider,
    ...((material === 'secrets' || material === 'both') && { secrets: secret }),
    ...((material === 'keys' || material === 'both') && { keys: keyOf(input) }),
    ...(publicUrl !== '' && { publicUrl }),
    clock: () => now,
    maxBodyBytes: 100_000_000,
    dangerouslyIgnoreTimestamp: ignoresTime,
    dangerouslyAllowWeakSecrets: allowsWeakSecrets,
    onWarning: () => undefined,
  } as never);
}

/** A JWK or JWK Set as an object; anything else as text. */
function keyOf({ key }: Pick<InspectionInput, 'key'>): unknown {
  const text = key.trim();
  if (!text.startsWith('{') && !text.startsWith('[')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function tryDiagnosis(input: InspectionInput): Promise<Diagnosis | undefined> {
  const { provider, publicUrl, secret, otherSecret, now, framework, otherProviders } = input;
  const { material } = provider.scheme;
  try {
    return await diagnose(deliveryOf(input), provider, material === 'keys' ? undefined : secret, {
      ...((material === 'keys' || material === 'both') && { keys: keyOf(input) as never }),
      ...(publicUrl !== '' && { publicUrl }),
      ...(otherSecret !== '' && { otherSecrets: { 'the other secret': otherSecret } }),
      otherProviders,
      clock: () => now,
      framework,
      maxMilliseconds: 3000,
    });
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    return undefined;
  }
}
