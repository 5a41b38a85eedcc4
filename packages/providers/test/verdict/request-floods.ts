/** Floods of requests that every preset gets: forgeries, malformed requests, long lists, and checks of the address. */

import { createReceiver, type Delivery, type Outcome, type Provider, type Receiver } from '@countersign/core';
import { canSign, createSigningKeys, type SigningOptions, signDelivery } from '@countersign/testing';
import { presets } from '../presets.ts';
import { boundedStores, type Flood } from './flood.ts';
import { type GenuineDelivery, genuineDeliveries } from './genuine-deliveries.ts';
import { requestFor } from './handshake-asking.ts';
import type { Random } from './random.ts';

const origin = 'https://example.com';
const at = new Date(1_795_251_600_000);

/** One preset with a receiver and a bounded store. */
interface Endpoint {
  readonly preset: Provider;
  readonly receiver: Receiver;
  /** Signs a delivery of another id; the recorded one, where only the sender can sign. */
  readonly genuine: (id: string) => Promise<Delivery>;
  /** What a stranger starts from: as the sender would write it, signed with another secret. */
  readonly forgery: Delivery;
}

const policy = {
  clock: () => at,
  publicUrl: origin,
  onWarning: () => undefined,
  onOutcome: () => undefined,
  handshakes: { verifyToken: 'entered-at-the-sender', accept: () => true },
};

async function endpointsOf(stores: ReturnType<typeof boundedStores>): Promise<readonly Endpoint[]> {
  const endpoints: Endpoint[] = [];
  for (const [name, preset] of presets) {
    const signed = await signedEndpoint(name, preset, stores).catch(() => undefined);
    const recorded = genuineDeliveries.find((genuine) => genuine.preset === preset) as GenuineDelivery;
    endpoints.push(signed ?? recordedEndpoint(recorded, stores));
  }
  return endpoints;
}

async function signedEndpoint(
  name: string,
  preset: Provider,
  stores: ReturnType<typeof boundedStores>,
): Promise<Endpoint | undefined> {
  if (!canSign(preset)) return undefined;
  const [keys, otherKeys] = [createSigningKeys(preset), createSigningKeys(preset)];
  const sign = async (signing: object, id: string): Promise<Delivery> => {
    const signed = await signDelivery(preset, { ...signing, at, id, url: `${origin}/hooks/${name}` } as SigningOptions);
    return { ...signed, url: signed.url.slice(origin.length) };
  };
  const receiver = createReceiver({
    provider: preset,
    ...keys.receiver,
    ...policy,
    dedupe: stores.make(),
  } as never) as Receiver;
  await receiver.verify(await sign(keys.signing, 'genuine'));
  return {
    preset,
    receiver,
    genuine: (id) => sign(keys.signing, id),
    forgery: await sign(otherKeys.signing, 'strange'),
  };
}

function recordedEndpoint(
  { preset, recorded, delivery, receiver }: GenuineDelivery,
  stores: ReturnType<typeof boundedStores>,
): Endpoint {
  const clock = () => new Date(recorded.at * 1000);
  const { publicUrl: _, ...rest } = policy;
  const first = delivery();
  const forgery = tampered(first, recorded.authenticatedBy);
  return { preset, receiver: receiver({ ...rest, clock, dedupe: stores.make() }), genuine: async () => first, forgery };
}

/** Whatever authenticates a delivery, changed: headers by their last letter, and the body where nothing but it does. */
function tampered(delivery: ReturnType<GenuineDelivery['delivery']>, names: readonly string[]): Delivery {
  const headers = { ...delivery.headers };
  for (const name of names) headers[name] = `${headers[name]?.slice(0, -3)}AAA`;
  if (names.length > 0) return { ...delivery, headers };
  const text = new TextDecoder().decode(delivery.body);
  // The longest run of letters is a signature or a token.
  const [longest = ''] = (text.match(/[\w+/=.-]+/g) ?? []).sort((left, right) => right.length - left.length);
  return {
    ...delivery,
    body: new TextEncoder().encode(text.replace(longest, `${longest.slice(0, -9)}${'A'.repeat(9)}`)),
  };
}

type Make = (endpoint: Endpoint, at: number, random: Random) => Delivery;

/** All presets in turn. Every genuine delivery goes to a preset of chance. */
async function everyPreset(
  requests: number,
  make: Make,
  wanted: (preset: Provider) => boolean = () => true,
): Promise<Flood> {
  const stores = boundedStores(requests / 100 + 10, () => at);
  const endpoints = (await endpointsOf(stores)).filter(({ preset }) => wanted(preset));
  return {
    records: stores.records,
    genuine: async (place, random) => {
      const { receiver, genuine } = random.pick(endpoints);
      return receiver.receive(await genuine(`genuine_${place}`), () => undefined);
    },
    stranger: async (place, random) => {
      const endpoint = endpoints[place % endpoints.length] as Endpoint;
      return endpoint.receiver.receive(make(endpoint, place, random), () => undefined) as Promise<Outcome>;
    },
    facts: () => `${endpoints.length} presets`,
  };
}

/** The sender's form to the letter, with a signature of another secret, another body, or another id. */
export function forgeryFlood(requests: number): Promise<Flood> {
  return everyPreset(requests, ({ forgery }, place, random) => {
    const { body } = forgery;
    const long = new TextEncoder().encode(
      `{"id":"strange_${place}","more":"${random.text('abc', random.below(500))}"}`,
    );
    const bodies = [body, long, body.subarray(0, random.below(body.length + 1)), new Uint8Array()];
    return { ...forgery, body: random.pick(bodies) };
  });
}

const odd = '\0\t\n\r "\'%&=;:,.@#[]{}()<>\\/?é\u2028\ufeff\ud800a1';

/** Requests that no sender makes, of which parts are missing, of another type, or noise. */
export function malformedFlood(requests: number): Promise<Flood> {
  return everyPreset(requests, ({ forgery }, place, random) => {
    const noise = () => random.text(odd, random.below(300));
    const headers: Record<string, unknown> = { ...(forgery.headers as Record<string, string>) };
    for (const name of Object.keys(headers)) {
      const value = String(headers[name]);
      const changed = [
        value,
        noise(),
        value.slice(0, random.below(value.length + 1)),
        `${value},${value}`,
        [value, value],
        undefined,
        7,
        null,
        {},
      ];
      headers[name] = random.pick(changed);
    }
    const body = [
      forgery.body,
      Buffer.from(noise()),
      new Uint8Array(random.below(3000)).fill(random.below(256)),
      noise(),
      undefined,
      {},
    ];
    const url = [forgery.url, `/?${noise()}`, noise(), undefined, 7];
    const method = ['POST', 'GET', 'post', '', undefined, 7, noise()];
    const all = [headers, Object.entries(headers), undefined, null, [], 'x', new Map(Object.entries(headers))];
    return {
      headers: place % 4 === 0 ? random.pick(all) : headers,
      body: place % 3 === 0 ? random.pick(body) : forgery.body,
      url: random.pick(url),
      method: place % 5 === 0 ? random.pick(method) : forgery.method,
    } as unknown as Delivery;
  });
}

/** Each header with as much in it as a server lets through, in lists, and many headers besides. */
export function headerFlood(requests: number): Promise<Flood> {
  return everyPreset(requests, ({ forgery }, place, random) => {
    const headers: Record<string, string | string[]> = { ...(forgery.headers as Record<string, string>) };
    for (const [name, value] of Object.entries(headers)) {
      const separator = random.pick([',', ', ', ' ', ';', '.', '=']);
      const piece = `${random.pick([String(value), `v${place}=a`, random.text('0123456789abcdef', 64)])}${separator}`;
      const length = random.pick([500, 8000, 9000, 64_000]);
      const list = piece.repeat(Math.ceil(length / piece.length));
      headers[name] = random.isOneIn(4) ? list.split(separator) : list;
    }
    for (let count = random.below(200); count > 0; count--) headers[`x-${place}-${count}`] = 'a';
    return { ...forgery, headers };
  });
}

/** What looks like a sender's check of the address, with whatever a stranger may ask for. */
export function handshakeFlood(requests: number): Promise<Flood> {
  const make: Make = ({ preset, forgery }, place, random) => {
    const handshake = random.pick(preset.handshakes ?? []);
    const text = random.pick([
      `${place}`,
      random.text('abcdef0123456789', 24),
      random.text(odd, random.below(300)),
      'x'.repeat(random.below(5000)),
    ]);
    const request = requestFor(handshake, text, forgery.url ?? '/');
    return random.isOneIn(3)
      ? { ...request, headers: [...request.headers, ...Object.entries(forgery.headers as Record<string, string>)] }
      : request;
  };
  return everyPreset(requests, make, ({ handshakes = [] }) => handshakes.length > 0);
}
