/** Floods that aim at the keys of genuine deliveries: certificates that a delivery names, and key sets. */

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  createReceiver,
  type Delivery,
  type KeyResolver,
  type Outcome,
  type Provider,
  type Receiver,
} from '@countersign/core';
import { signDelivery } from '@countersign/testing';
import { awsSns } from '../../src/aws-sns.ts';
import { googlePubsub } from '../../src/google-pubsub.ts';
import { paypal } from '../../src/paypal.ts';
import { boundedStores, type Flood, share } from './flood.ts';
import { makeCertificate } from './own-certificate.ts';
import type { Random } from './random.ts';

/** A little more than a day. */
const dayMilliseconds = 90_000_000;
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** The receivers' time, which the flood moves on. */
export interface FloodClock {
  readonly now: () => Date;
  readonly pass: (at: number) => void;
}

/**
 * One block of requests comes fifty a second, the next one every two seconds: the first uses up what may be fetched at once, the
 * second what may be fetched in time. A day passes in the first half, so that what is kept has to be fetched again.
 */
function clockOf(requests: number): FloodClock {
  let now = 1_795_251_600_000;
  return {
    now: () => new Date(now),
    pass: (at) => {
      now += Math.floor(at / share) % 2 === 0 ? 20 : 2000;
      if (at === Math.floor(requests / 4)) now += dayMilliseconds;
    },
  };
}

/**
 * A key of the sender that is new amid the flood: how many tries it took, one after each block, until it was accepted.
 */
function newcomer(requests: number) {
  let tries = 0;
  let isAccepted = false;
  return {
    isDue: (at: number) => !isAccepted && at > (requests * 3) / 4,
    tell({ kind }: Outcome) {
      tries++;
      isAccepted = kind === 'handled';
    },
    facts: () =>
      tries === 0
        ? 'no new key'
        : isAccepted
          ? `a new key accepted at try ${tries}`
          : `a new key refused ${tries} times`,
    problems: () => (tries > 0 && !isAccepted ? [`A new key was refused ${tries} times.`] : []),
  };
}

/** What an address answers that strangers made up: nothing, garbage, a certificate that is none of the sender's, or an error. */
async function strangeResponse(url: string, other: string): Promise<Response> {
  const kind = url.length % 4;
  if (kind === 0) return new Response('not found', { status: 404 });
  if (kind === 1) return new Response('<html>');
  if (kind === 2) return new Response(other);
  throw new TypeError('fetch failed');
}

/** Certificates of the sender by their addresses, and how often others were asked for. */
function certificateFetch(genuine: ReadonlyMap<string, string>, other: string, hangs: boolean) {
  let strange = 0;
  return {
    count: () => strange,
    fetch: async (input: unknown): Promise<Response> => {
      const url = String(input);
      const pem = genuine.get(url);
      if (pem !== undefined) return new Response(pem);
      strange++;
      return hangs ? new Promise<never>(() => undefined) : strangeResponse(url, other);
    },
  };
}

/**
 * Amazon SNS: the body names the certificate. Strangers name others on Amazon's own hosts.
 *
 * @param hangs whether theirs never arrive
 */
export function snsFlood(requests: number, hangs: boolean): Flood {
  const { provider, sign, rename, fetches } = snsSender(hangs);
  return certificateFlood(provider, requests, sign, rename, fetches);
}

/** What became of the first events of processes that have just started and know no certificate. */
export interface StartReport {
  readonly processes: number;
  readonly perSecond: number;
  /** Events that had no certificate in any of their four attempts. */
  readonly lost: number;
  /** Fetches of what strangers named, for each process. */
  readonly fetches: number;
}

/**
 * Starts receivers amid a flood that names a new certificate with each request. Half a minute later an event of the sender comes, and
 * again after each 20 seconds.
 *
 * @param name of the file of the sender's own certificate
 */
export async function startAmidFlood(
  processes: number,
  perSecond: number,
  random: Random,
  { name, repeats = 1 }: { readonly name?: string; readonly repeats?: number } = {},
): Promise<StartReport> {
  let lost = 0;
  let fetched = 0;
  for (let process = 0; process < processes; process++) {
    const { provider, sign, rename, fetches } = snsSender(false, name);
    const startedAt = 1_795_251_600_000 + random.below(1000);
    let now = startedAt;
    const receiver = quietReceiver({ provider, clock: () => new Date(now) });
    const event = await sign('event', new Date(now), false);
    let isHandled = false;
    for (let second = 0; second <= 90 && !isHandled; second++) {
      let named: Delivery = event;
      for (let place = 0; place < perSecond; place++) {
        if (place % repeats === 0) named = rename(event, random);
        now = startedAt + second * 1000 + Math.floor((place * 1000) / perSecond);
        // One after the other: what the fetches under way leave of the budget is not the sender's gain.
        await receiver.receive(named, () => undefined);
      }
      if (second < 30 || (second - 30) % 20 !== 0) continue;
      isHandled = (await receiver.receive(event, () => undefined)).kind === 'handled';
    }
    if (!isHandled) lost++;
    fetched += fetches();
  }
  return { processes, perSecond, lost, fetches: Math.round(fetched / processes) };
}

let ofSns: readonly [Own, Own, Own] | undefined;
/** The same for all receivers, for each has a cache of its own and a pair of keys takes a while to make. */
function snsCertificates(): readonly [Own, Own, Own] {
  ofSns ??= [0, 1, 2].map(() => makeCertificate('sns.amazonaws.com')) as [Own, Own, Own];
  return ofSns;
}

/** Amazon SNS with a certificate of our own, and a second one for later. */
function snsSender(hangs: boolean, name = 'SimpleNotificationService-own') {
  const [own, next, other] = snsCertificates();
  const urls = [name, 'SimpleNotificationService-next'].map(
    (file) => `https://sns.eu-west-1.amazonaws.com/${file}.pem`,
  );
  const [ownUrl, nextUrl] = urls as [string, string];
  const { fetch, count } = certificateFetch(
    new Map([
      [ownUrl, own.pem],
      [nextUrl, next.pem],
    ]),
    other.pem,
    hangs,
  );
  const topicArn = 'arn:aws:sns:eu-west-1:123456789012:orders';
  const provider: Provider = awsSns({ topicArns: [topicArn], signatureVersion: '2', fetch }) as Provider;
  const sign = (id: string, at: Date, isNext: boolean) =>
    signDelivery(provider, {
      privateKey: isNext ? next.privateKey : own.privateKey,
      certificateUrl: isNext ? nextUrl : ownUrl,
      at,
      body: { Type: 'Notification', MessageId: id, TopicArn: topicArn, Message: 'm', SignatureVersion: '2' },
    });
  const rename = (delivery: Delivery, random: Random): Delivery => {
    const region = random.pick(['eu-west-1', 'us-east-1', 'ap-south-1']);
    const url = `https://sns.${region}.amazonaws.com/${random.text(letters, random.between(10, 900))}.pem`;
    return { ...delivery, body: Buffer.from(Buffer.from(delivery.body).toString().replace(ownUrl, url)) };
  };
  return { provider, sign, rename, fetches: count };
}

/** PayPal: a header names the certificate, on any host below paypal.com. */
export function paypalFlood(requests: number): Flood {
  const [own, next, other] = [0, 1, 2].map(() => makeCertificate('messageverification.paypal.com')) as [Own, Own, Own];
  const [ownUrl, nextUrl] = ['own', 'next'].map(
    (name) => `https://api.paypal.com/v1/notifications/certs/CERT-${name}`,
  ) as [string, string];
  const { fetch, count } = certificateFetch(
    new Map([
      [ownUrl, own.pem],
      [nextUrl, next.pem],
    ]),
    other.pem,
    false,
  );
  const provider: Provider = paypal({ webhookId: '4JH86294D6297924G', fetch }) as Provider;
  const sign = (id: string, at: Date, isNext: boolean) =>
    signDelivery(provider, {
      privateKey: isNext ? next.privateKey : own.privateKey,
      certificateUrl: isNext ? nextUrl : ownUrl,
      at,
      id,
      headers: { 'paypal-transmission-id': id },
    });
  const rename = (delivery: Delivery, random: Random): Delivery => {
    const url = `https://${random.text(letters, 8)}.paypal.com/${random.text(letters, random.between(10, 900))}`;
    return { ...delivery, headers: { ...(delivery.headers as Record<string, string>), 'paypal-cert-url': url } };
  };
  return certificateFlood(provider, requests, sign, rename, count);
}

type Own = ReturnType<typeof makeCertificate>;

function certificateFlood(
  provider: Provider,
  requests: number,
  sign: (id: string, at: Date, isNext: boolean) => Promise<Delivery>,
  rename: (delivery: Delivery, random: Random) => Delivery,
  fetches: () => number,
): Flood {
  const { now, pass } = clockOf(requests);
  const stores = boundedStores(requests / 50 + 10, now);
  const receiver = quietReceiver({ provider, clock: now, dedupe: stores.make() });
  const next = newcomer(requests);
  let captured = sign('captured', now(), false);
  return {
    pass,
    records: stores.records,
    genuine: async (at) => {
      // What strangers send from now on has the time of now.
      captured = sign(`captured-${at}`, now(), false);
      if (next.isDue(at)) next.tell(await receiver.receive(await sign(`next-${at}`, now(), true), () => undefined));
      return receiver.receive(await sign(`genuine-${at}`, now(), false), () => undefined);
    },
    // A delivery of the sender's with another certificate named: what that address gives has another key.
    stranger: async (_, random) => receiver.receive(rename(await captured, random), () => undefined),
    problems: next.problems,
    facts: () => `${fetches()} fetches for strangers, ${next.facts()}`,
  };
}

/** Where the keys come from: one address, a resolver that names it each time, or a resolver that asks by the stranger's own key id. */
export type KeyPlace = 'url' | 'resolver' | 'resolver_by_id';

/** Google Pub/Sub: tokens name their key by `kid`. Strangers make up others. @param keys in place of the key set, for a control */
export function tokenFlood(
  requests: number,
  place: KeyPlace,
  keys?: (fetch: typeof globalThis.fetch, now: () => Date) => KeyResolver,
): Flood {
  const provider: Provider = googlePubsub({
    audience: 'https://example.com/push',
    serviceAccountEmail: 'push@example.com',
  }) as Provider;
  const pairs = {
    own: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    next: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  };
  const jwks = Object.entries(pairs).map(([name, { publicKey }]) => jwkOf(publicKey, name));
  let fetches = 0;
  let isRotated = false;
  const fetch = async (input: unknown) => {
    fetches++;
    if (String(input).endsWith('/strange')) return new Response('not found', { status: 404 });
    return new Response(JSON.stringify({ keys: isRotated ? jwks : jwks.slice(0, 1) }));
  };
  const url = 'https://keys.example.com/certs';
  const isOwn = (keyId: string) => Object.hasOwn(pairs, keyId);
  const places: Readonly<Record<KeyPlace, unknown>> = {
    url: { url, fetch },
    resolver: () => ({ url, fetch }),
    resolver_by_id: (keyId: string) => ({ url: `${url}/${isOwn(keyId) ? keyId : `${keyId}/strange`}`, fetch }),
  };
  const { now, pass } = clockOf(requests);
  const startedAt = now().getTime();
  const stores = boundedStores(requests / 50 + 10, now);
  const receiver = quietReceiver({
    provider,
    keys: keys?.(fetch as typeof globalThis.fetch, now) ?? places[place],
    clock: now,
    dedupe: stores.make(),
  });
  const claims = { email: 'push@example.com', email_verified: true };
  const sign = (id: string, keyId: keyof typeof pairs) =>
    signDelivery(provider, { privateKey: pemOf(pairs[keyId].privateKey), keyId, at: now(), id, claims });
  const next = newcomer(requests);
  const captured = sign('captured', 'own');
  return {
    pass,
    records: stores.records,
    problems: () => {
      // One fetch in 30 s, and a day of pause: what the key set of one URL may cost, whoever asks.
      const most = (now().getTime() - startedAt - dayMilliseconds) / 30_000 + 3;
      return fetches <= most || place === 'resolver_by_id'
        ? next.problems()
        : [...next.problems(), `${fetches} fetches of one key set.`];
    },
    genuine: async (at) => {
      if (next.isDue(at)) {
        isRotated = true;
        next.tell(await receiver.receive(await sign(`next-${at}`, 'next'), () => undefined));
      }
      return receiver.receive(await sign(`genuine-${at}`, 'own'), () => undefined);
    },
    stranger: async (_, random) => {
      const { headers, ...rest } = await captured;
      const [, second, third] = (headers as Record<string, string>).authorization?.split('.') ?? [];
      const kid = random.text(letters, random.between(4, 4000));
      const first = Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'JWT', kid })).toString('base64url');
      return receiver.receive(
        { ...rest, headers: { authorization: `Bearer ${first}.${second}.${third}` } },
        () => undefined,
      );
    },
    facts: () => `${fetches} fetches, ${next.facts()}`,
  };
}

function quietReceiver(options: object): Receiver {
  return createReceiver({ onWarning: () => undefined, onOutcome: () => undefined, ...options } as never) as Receiver;
}

function jwkOf(key: KeyObject, kid: string): object {
  return { ...key.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
