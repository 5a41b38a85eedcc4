/** Senders that deliver one event several times: with the first bytes again, or signed anew. */

import { createReceiver, type Delivery, type Provider, type Receiver, type ReceiverPolicy } from '@countersign/core';
import { canSign, createSigningKeys, type SigningOptions, signDelivery } from '@countersign/testing';
import type { GenuineDelivery } from './genuine-deliveries.ts';

/** One event of a sender. */
export interface RetrySender {
  readonly name: string;
  readonly provider: Provider;
  readonly receiver: (policy: ReceiverPolicy) => Receiver;
  /** When the first attempt is made, in seconds since 1970. */
  readonly startsAt: number;
  /** The first attempt. */
  readonly first: Delivery;
  /** Another attempt, signed at its own time; undefined where this cannot be done here. */
  readonly signAnew: ((attempt: number, at: number) => Promise<Delivery>) | undefined;
}

/** When attempts are made, in seconds after the first one; undefined where nothing is known of it. */
export function scheduleOf({ retries }: Provider): readonly number[] | undefined {
  const { delaysSeconds, horizonSeconds } = retries ?? {};
  if (delaysSeconds === undefined && horizonSeconds === undefined) return undefined;
  const times = [0];
  for (const delay of delaysSeconds ?? []) times.push((times.at(-1) as number) + delay);
  if (horizonSeconds === undefined) return times;
  // Delays that are not known grow, as they do at most senders.
  if (delaysSeconds === undefined)
    times.push(...[60, 600, 3600, 21_600, 86_400].filter((time) => time < horizonSeconds));
  if ((times.at(-1) as number) < horizonSeconds) times.push(horizonSeconds);
  return times;
}

/** The recorded bytes, which nobody here can sign. */
export function recordedSender(genuine: GenuineDelivery): RetrySender {
  return {
    name: genuine.name,
    provider: genuine.preset,
    receiver: (policy) => genuine.receiver(policy),
    startsAt: genuine.recorded.at,
    first: genuine.delivery(),
    signAnew: undefined,
  };
}

const origin = 'https://example.com';
const startsAt = 1_795_251_600;

/**
 * A sender with keys made for it; undefined where its deliveries cannot be signed here, as those with a certificate of the sender.
 *
 * The body of each attempt is that of the first, but for a time of signing that is kept in it; a sender that is known to change the
 * body counts its attempts there.
 */
export async function signingSender(
  name: string,
  provider: Provider,
  id = 'evt_retried_0001',
): Promise<RetrySender | undefined> {
  if (!canSign(provider)) return undefined;
  const keys = createSigningKeys(provider);
  const receiver = (policy: ReceiverPolicy) =>
    createReceiver({
      provider,
      ...keys.receiver,
      publicUrl: origin,
      onWarning: () => undefined,
      ...policy,
    } as never) as Receiver;
  const sign = async (at: number, more: SigningOptions = {}): Promise<Delivery> => {
    const delivery = await signDelivery(provider, {
      ...keys.signing,
      at: new Date(at * 1000),
      id,
      url: `${origin}/webhooks/${provider.name}`,
      ...more,
    } as SigningOptions);
    return { ...delivery, url: delivery.url.slice(origin.length) };
  };
  const accepts = async (delivery: Delivery, at: number) =>
    receiver({ clock: () => new Date(at * 1000) })
      .verify(delivery)
      .catch(() => undefined);
  try {
    const first = await sign(startsAt);
    const event = await accepts(first, startsAt);
    if (event === undefined) return undefined;
    const body = provider.scheme.kind === 'jwt' ? undefined : event.payload;
    const [one = event] = event.split();
    // What the rule of identity promises: where the digest of the body is the identity, another body is another event.
    const isCounted = provider.retries?.keepsBody === false && (await one.identity()).from === 'id';
    const count = (value: unknown, attempt: number) =>
      isCounted && typeof value === 'object' && value !== null ? { ...value, attemptNumber: attempt } : value;
    const bodyOf = (attempt: number): SigningOptions => {
      if (typeof body !== 'object' || body === null) return {};
      return {
        body: (Array.isArray(body) ? body.map((value) => count(value, attempt)) : count(body, attempt)) as object,
      };
    };
    // Of all attempts, so that none differs from the others by the way it was made.
    const madeAlike = await sign(startsAt, bodyOf(1));
    const isAlike = (await accepts(madeAlike, startsAt)) !== undefined;
    const signAnew = (attempt: number, at: number) => sign(at, isAlike ? bodyOf(attempt) : {});
    const later = startsAt + 1000;
    if ((await accepts(await signAnew(2, later), later)) === undefined) return undefined;
    return { name, provider, receiver, startsAt, first: isAlike ? madeAlike : first, signAnew };
  } catch {
    return undefined;
  }
}
