/** The contract of endpoints: for every preset, the reason for which a case is left out is true of the sender. */

import type { Provider } from '@countersign/core';
import { webhookContract } from '@countersign/testing';
import { describe, expect, it } from 'vitest';
import { presets } from './presets.ts';
import { deliveryOf, type RecordedDelivery, receiverOf, recordedDeliveries } from './recorded-delivery.ts';

/** The reasons by which the contract leaves out cases for a sender, but for what its caller did not give. */
function reasonsFor(provider: Provider): readonly string[] {
  const skipped: string[] = [];
  const it = Object.assign(() => undefined, { skip: (name: string) => void skipped.push(name) });
  const runner = { describe: (_: string, body: () => void) => body(), it };
  webhookContract({ provider, secret: 'x', target: () => new Response(), runner });
  const reasons = skipped.flatMap((name) => /\(left out: (.*)\)$/.exec(name)?.[1] ?? []);
  return [...new Set(reasons)].filter((reason) => !/^No (?:option|previousSecret) was given/.test(reason));
}

/** Whether a delivery with another body still verifies. */
async function isAccepted(recorded: RecordedDelivery, body: string): Promise<boolean> {
  return receiverOf(recorded, { acceptAssumptions: true } as never)
    .verify(deliveryOf({ ...recorded, body }))
    .then(
      () => true,
      () => false,
    );
}

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const spaced = (body: string) => body.replace(/^([{[])/, '$1 ');
const withField = (body: string) => body.replace(/^\{/, '{"added_by_others":1,');

/** What a reason says, asked of a delivery that somebody else has signed: of its bytes and of what may be changed in it. */
const claims: readonly (readonly [
  reason: RegExp,
  isTrue: (recorded: RecordedDelivery) => boolean | Promise<boolean>,
])[] = [
  [/^This sender signs no timestamp\.$/, ({ expected }) => !expected.signed.timestamp],
  [
    /^No event id is known for this sender/,
    ({ expected }) => expected.id === undefined && (expected.events ?? []).every(({ id }) => id === undefined),
  ],
  // No header is needed, so what proves it is in the body.
  [
    /^This sender puts its signature into the body\.$/,
    ({ authenticatedBy, url }) => authenticatedBy.length === 0 && !(url ?? '').includes('?'),
  ],
  [
    /^This sender puts its signature into the query/,
    ({ authenticatedBy, url = '' }) => authenticatedBy.length === 0 && url.includes('?'),
  ],
  [/^This sender posts forms, not JSON\.$/, ({ body }) => !isJson(body) && /^[\w.%-]+=/.test(body)],
  [
    /^The event of this sender is a token inside the body\.$/,
    ({ body }) => /(?:^|")eyJ[\w-]+\.[\w-]+\.[\w-]+/.test(body),
  ],
  [
    /^This sender does not sign the body\.$/,
    async (recorded) =>
      !recorded.expected.signed.body &&
      (await isAccepted(recorded, spaced(recorded.body))) &&
      (await isAccepted(recorded, withField(recorded.body))),
  ],
  [
    /^This sender signs only some values of the body, so others can be changed\.$/,
    async (recorded) => !recorded.expected.signed.body && (await isAccepted(recorded, withField(recorded.body))),
  ],
  // One body for another that is as good, and none that differs in what is signed.
  [
    /^This sender signs values of the body, not its bytes\.$/,
    async (recorded) =>
      (await isAccepted(recorded, recorded.body.split('&').toReversed().join('&'))) &&
      !(await isAccepted(recorded, `${recorded.body}x`)),
  ],
  [
    /^This sender signs the CRC-32 of the body, in decimal, not the body\.$/,
    async (recorded) => !recorded.expected.signed.body && !(await isAccepted(recorded, spaced(recorded.body))),
  ],
  [
    /^This sender writes values into the body when it signs/,
    ({ provider, body, at, authenticatedBy }) => {
      const seconds = Math.floor(at);
      const times = [String(seconds), new Date(at * 1000).toISOString().slice(0, 19)];
      // A time of signing, or the signature itself where no header is needed.
      return (
        isJson(body) && (authenticatedBy.length === 0 || times.some((time) => body.includes(time))) && provider !== ''
      );
    },
  ],
  // What the contract said before, of GitHub among others.
  [
    /^This sender’s bodies are no JSON that is signed as it is\.$/,
    async (recorded) => !isJson(recorded.body) || (await isAccepted(recorded, spaced(recorded.body))),
  ],
];

async function untrueReasons(reasons: readonly string[], recorded: RecordedDelivery): Promise<readonly string[]> {
  const untrue: string[] = [];
  for (const reason of reasons) {
    const claim = claims.find(([pattern]) => pattern.test(reason));
    if (claim === undefined || !(await claim[1](recorded))) untrue.push(reason);
  }
  return untrue;
}

/** One recorded delivery for each preset, of its most usual form. */
const recordedByPreset = new Map(
  [...presets].flatMap(([id, provider]) => {
    const own = recordedDeliveries.find(([file]) => file === `${id}.json`);
    return own === undefined ? [] : [[id, [provider, own[1]] as const] as const];
  }),
);

describe('the reason for which the contract leaves out a case', () => {
  it('is looked at for every preset', () => {
    expect([...recordedByPreset.keys()]).toEqual([...presets.keys()]);
  });

  it.each([...recordedByPreset])('is true of %s', async (_, [provider, recorded]) => {
    expect(await untrueReasons(reasonsFor(provider), recorded)).toEqual([]);
  });

  it('is found out where it is untrue: what was said of GitHub, and reasons of others', async () => {
    const [github, recorded] = recordedByPreset.get('github') as readonly [Provider, RecordedDelivery];
    expect(reasonsFor(github)).toEqual(['This sender signs no timestamp.']);
    const wrong = [
      'This sender’s bodies are no JSON that is signed as it is.',
      'This sender does not sign the body.',
      'This sender signs only some values of the body, so others can be changed.',
      'This sender posts forms, not JSON.',
      'This sender puts its signature into the body.',
      'No event id is known for this sender, so a new body is a new event.',
      'A reason that nobody has checked.',
    ];
    expect(await untrueReasons(wrong, recorded)).toEqual(wrong);
    const [, ofSvix] = recordedByPreset.get('svix') as readonly [Provider, RecordedDelivery];
    expect(await untrueReasons(['This sender signs no timestamp.'], ofSvix)).toHaveLength(1);
  });
});
