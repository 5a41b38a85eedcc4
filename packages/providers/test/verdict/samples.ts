/** Deliveries to be changed: every recorded one, and for each preset and method some that are signed here, with more in them. */

import { createReceiver, type Delivery, type Provider, type Receiver, type ReceiverPolicy } from '@countersign/core';
import { createSigningKeys, type SigningOptions, signDelivery } from '@countersign/testing';
import { plivoV2 } from '../../src/plivo.ts';
import { presets } from '../presets.ts';
import { genuineDeliveries } from './genuine-deliveries.ts';
import { ownPresets } from './own-presets.ts';

/** A genuine delivery, and receivers that accept it. */
export interface Sample {
  readonly name: string;
  /** Samples of one family have the same keys, so that pieces of one may pass in another. */
  readonly family: string;
  readonly preset: Provider;
  /** Where the sender posts to; empty where the receiver is not told. */
  readonly publicUrl: string;
  readonly delivery: () => Delivery;
  readonly receiver: (other: ReceiverPolicy & { readonly provider?: Provider }) => Receiver;
  /** Signs another delivery as the sender would; absent where only the sender can. */
  readonly sign?: (options: SigningOptions) => Promise<Delivery>;
}

export const recordedSamples: readonly Sample[] = genuineDeliveries.map(
  ({ name, preset, recorded, delivery, receiver }) => ({
    name,
    family: name,
    preset,
    publicUrl: recorded.publicUrl ?? '',
    delivery,
    receiver: (other) => receiver(other as never),
  }),
);

/** Senders whose keys come by certificates, or which keep a token beside the key; their recordings are what there is. */
const recordedOnly = ['apple-app-store-v2', 'aws-sns', 'paypal', 'clockify-addon'];
const origin = 'https://example.com';
const at = new Date(1_795_251_600_000);

/** What separates signed values somewhere stands in this text, and nothing that a header could not hold. */
const crowded = { note: 'a.b:c|d,1;2&e=f 1795251600 {g}.[h]', amount: 12, list: ['x', 'y.z'] };

/** Characters that encodings, escapes and parsers treat in more than one way. */
const odd = {
  note: '\ufffd \u00e9 e\u0301 \u2028 \ud83d\ude00 "/\\ %41 + ~',
  big: 9007199254740992,
  small: 1e-7,
  event: 'odd',
};

/** Signs for every preset: by each of its methods, with a body and without. */
export async function signSamples(): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (const [id, preset] of [...presets, ['plivo-v2', plivoV2] as const, ...ownPresets]) {
    if (recordedOnly.includes(id)) continue;
    const { signing, receiver } = createSigningKeys(preset);
    for (const method of preset.methods ?? ['POST']) {
      const kinds: readonly (readonly [kind: string, options: SigningOptions])[] = [
        ...(method === 'POST'
          ? ([
              ['crowded', { payload: crowded }],
              ['odd', { payload: odd }],
            ] as const)
          : []),
        ...(method === 'GET' ? [] : ([['small', {}]] as const)),
        ...(method === 'POST' ? [] : ([['empty', { body: '' }]] as const)),
      ];
      for (const [kind, options] of kinds) {
        const url = `${origin}/hooks?tenant=7&q=a~b%20c&tag=x.y`;
        const sign = async (other: SigningOptions) => {
          const signed = await signDelivery(preset, { ...signing, at, method, url, id: 'evt_4711', ...other });
          return { ...signed, url: signed.url.slice(origin.length) };
        };
        const signed = await sign(options);
        samples.push({
          name: `${id} ${method} ${kind}`,
          family: id,
          preset,
          publicUrl: origin,
          delivery: () => ({ ...signed, headers: { ...signed.headers } }),
          sign,
          receiver: (other) =>
            createReceiver({
              provider: preset,
              ...receiver,
              clock: () => at,
              publicUrl: origin,
              onWarning: () => undefined,
              ...other,
            } as never),
        });
      }
    }
  }
  return samples;
}
