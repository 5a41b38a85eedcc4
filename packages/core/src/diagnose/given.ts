/** The user's input: the receiver's verdict on it, and the parts that are usable. */

import { type Delivery, UnverifiedDelivery } from '../delivery/delivery.ts';
import type { PublicUrl } from '../delivery/public-url.ts';
import { encodeUtf8 } from '../encoding.ts';
import { isWebhookError, type WebhookError } from '../errors.ts';
import type { KeyInput } from '../keys/key.ts';
import type { FoundSecrets, SecretInput } from '../keys/secret.ts';
import { readClock } from '../options/clock.ts';
import type { Provider } from '../provider/provider.ts';
import { createReceiver } from '../receiver/receiver.ts';
import { ignoreWarnings, type ReceiverOptions } from '../receiver/receiver-options.ts';
import type { ReplayTolerance } from '../schemes/replay-window.ts';
import { pairsOf, type Situation, type Trier } from './situation.ts';

/** The options that a receiver has too. */
export interface GivenOptions {
  /** Public keys, for schemes that verify with them. */
  readonly keys?: KeyInput;
  /** As for a receiver: the replay window in seconds, or both of its sides. */
  readonly toleranceSeconds?: number | ReplayTolerance;
  /** As for a receiver: the origin that the sender posts to. */
  readonly publicUrl?: PublicUrl;
  /** The time. For a stored delivery, the time at which it arrived. Default: the system's clock. */
  readonly clock?: () => Date;
}

/** Checks that are switched off for the receiver. */
export interface Leniency {
  readonly ignoreTimestamp: boolean;
  readonly allowWeakSecrets: boolean;
}

/** The verdict of a receiver built with these options. @throws options_invalid */
export async function findRefusal(
  delivery: Delivery,
  provider: Provider,
  secrets: SecretInput | undefined,
  { keys, toleranceSeconds, publicUrl, clock }: GivenOptions,
  { ignoreTimestamp, allowWeakSecrets }: Leniency,
): Promise<WebhookError | undefined> {
  try {
    const material = provider?.scheme?.material;
    const receiver = createReceiver({
      provider,
      ...(material === 'secrets' || material === 'both' ? { secrets } : {}),
      ...(material === 'keys' || material === 'both' ? { keys } : {}),
      ...(toleranceSeconds === undefined ? {} : { toleranceSeconds }),
      ...(publicUrl === undefined ? {} : { publicUrl }),
      ...(clock === undefined ? {} : { clock }),
      dangerouslyIgnoreTimestamp: ignoreTimestamp,
      dangerouslyAllowWeakSecrets: allowWeakSecrets,
      maxBodyBytes: 2 ** 31,
      onOutcome: () => undefined,
      // Also keeps this receiver out of the comparison of endpoints that share a secret.
      onWarning: ignoreWarnings,
    } as unknown as ReceiverOptions);
    await receiver.verify(delivery);
    return undefined;
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    if (error.code === 'options_invalid' && error.at !== 'publicUrl') throw error;
    if (error.code === 'options_invalid' && publicUrl !== undefined) throw error;
    return error;
  }
}

/** The unchanged delivery, with everything that its scheme needs to verify. */
export async function situationOf(
  delivery: Delivery,
  body: Uint8Array,
  provider: Provider,
  secrets: SecretInput | undefined,
  { keys, clock }: GivenOptions,
): Promise<Situation> {
  const { material } = provider.scheme;
  return {
    provider,
    body,
    headers: pairsOf(delivery.headers),
    url: delivery.url,
    address: undefined,
    method: delivery.method,
    secrets: material === 'keys' || material === 'none' ? undefined : await resolve(secrets, delivery),
    keys: material === 'keys' || material === 'both' ? keys : undefined,
    now: readClock(clock),
  };
}

/** Drops secrets that cannot be decoded, if there are several. */
export async function withUsableSecrets(base: Situation, trier: Trier): Promise<Situation> {
  if (!Array.isArray(base.secrets) || base.secrets.length < 2) return base;
  const isUsable = async (secrets: SecretInput) => {
    const result = await trier.verify({ ...base, secrets });
    return !isWebhookError(result) || result.code !== 'secret_invalid';
  };
  if (await isUsable(base.secrets)) return base;
  const usable: SecretInput[] = [];
  for (const secret of base.secrets as readonly SecretInput[]) if (await isUsable(secret)) usable.push(secret);
  return usable.length === 0 ? base : { ...base, secrets: usable as SecretInput };
}

/** The body as bytes, even if it was given as something else; undefined if nothing is left of it. */
export function bytesOf(body: unknown): Uint8Array | undefined {
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (typeof body === 'string') return encodeUtf8(body);
  if (typeof body !== 'object' || body === null) return undefined;
  try {
    return encodeUtf8(JSON.stringify(body));
  } catch {
    return undefined;
  }
}

/** A resolver is called once. One that fails is kept, and the scheme reports the error. */
async function resolve(secrets: SecretInput | undefined, delivery: Delivery): Promise<SecretInput | undefined> {
  if (typeof secrets !== 'function') return secrets;
  try {
    return withoutTenant(await secrets(new UnverifiedDelivery(delivery)));
  } catch {
    return secrets;
  }
}

function withoutTenant(found: FoundSecrets): SecretInput {
  return typeof found === 'object' && 'secrets' in found ? found.secrets : found;
}
