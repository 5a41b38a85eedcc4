/** Presets with a fault planted into their scheme, each of a kind that was once found in this project: controls of the mutation check. */

import type { Delivery, Provider } from '@countersign/core';
import type { Proof, SchemeOptions } from '@countersign/core/describe';
import { bytesOf, textOf } from './changed-request.ts';
import { fieldsOf, unescaped, writeFields } from './changes/form-changes.ts';

export interface PlantedFault {
  readonly name: string;
  /** The preset that gets it. */
  readonly preset: string;
  readonly breach: 'identity' | 'payload';
  readonly plant: (preset: Provider) => Provider;
}

/** Exchanges what a scheme is given and what it proves. */
function rewire(
  preset: Provider,
  {
    before = (delivery) => delivery,
    after = (proof) => proof,
  }: {
    readonly before?: (delivery: Delivery) => Delivery;
    readonly after?: (proof: Proof, delivery: Delivery, options: SchemeOptions) => Proof;
  },
): Provider {
  const { scheme } = preset;
  return {
    ...preset,
    scheme: {
      ...scheme,
      bind(options) {
        const bound = scheme.bind(options);
        return {
          ...bound,
          open: (head, now) => ({
            verify: async (body) => {
              const delivery = { ...head, body };
              const { body: changed, ...changedHead } = before(delivery);
              return after(await bound.open(changedHead, now).verify(changed), delivery, options);
            },
          }),
        };
      },
    },
  };
}

const formOf = ({ body }: Delivery) => fieldsOf(textOf(body) ?? '');
const headerOf = ({ headers }: Delivery, name: string) =>
  [...(headers as Iterable<[string, string]>)].find(([given]) => given.toLowerCase() === name)?.[1];

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: 'the identity takes the URL that was asked for, not the spelling that matched',
    preset: 'twilio',
    breach: 'identity',
    plant: (preset) =>
      rewire(preset, {
        after: (proof, delivery, { publicUrl }) => ({
          ...proof,
          content: bytesOf(`${String(publicUrl)}${delivery.url}`),
        }),
      }),
  },
  {
    name: 'of a field that stands twice, the signature takes the last and the payload the first',
    preset: 'braintree',
    breach: 'payload',
    plant: (preset) =>
      rewire(preset, {
        before(delivery) {
          const fields = formOf(delivery);
          const last = fields.filter(([name], at) => !fields.slice(at + 1).some(([later]) => later === name));
          return { ...delivery, body: bytesOf(writeFields(last)) };
        },
        after(proof, delivery) {
          const first = formOf(delivery).find(([name]) => name === 'bt_payload')?.[1];
          return { ...proof, payload: { value: { bt_payload: unescaped(first ?? '') } } };
        },
      }),
  },
  {
    name: 'the verifier drops a byte order mark, and the identity keeps it',
    preset: 'logto',
    breach: 'identity',
    plant: (preset) =>
      rewire(preset, {
        before(delivery) {
          const isMarked = Buffer.from(delivery.body.subarray(0, 3)).equals(Buffer.from('\ufeff'));
          return isMarked ? { ...delivery, body: delivery.body.slice(3) } : delivery;
        },
      }),
  },
  {
    name: 'an id from a header that nobody signed counts as signed',
    preset: 'github',
    breach: 'identity',
    plant: (preset) =>
      rewire(preset, { after: (proof, delivery) => ({ ...proof, id: headerOf(delivery, 'x-github-delivery') }) }),
  },
  {
    name: 'the received body is the identity where one value of it is signed',
    preset: 'mailgun',
    breach: 'identity',
    plant: (preset) => rewire(preset, { after: (proof) => ({ ...proof, content: undefined }) }),
  },
  {
    name: 'events that are signed one by one are told apart by their places',
    preset: 'adyen',
    breach: 'identity',
    plant: (preset) => rewire(preset, { after: ({ elements, ...proof }) => proof }),
  },
];
