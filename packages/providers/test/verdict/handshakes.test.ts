/** What a handshake signs or repeats for a stranger is never a delivery: for every preset, and for random descriptions. */

import { handshakes, hmac, type Provider, type Scheme } from '@countersign/core';
import type { HmacDescription } from '@countersign/core/describe';
import { describe, expect, it } from 'vitest';
import { presets } from '../presets.ts';
import { amountOf, report, seedOf } from './amounts.ts';
import { checkDescriptions, type DescriptionReport } from './description-check.ts';
import { checkHandshakes, emptyReport, type HandshakeReport } from './handshake-check.ts';
import { Random } from './random.ts';
import { recordedSamples, type Sample, signSamples } from './samples.ts';

const texts = amountOf('VERDICT_HANDSHAKES', 8000);
const descriptions = amountOf('VERDICT_DESCRIPTIONS', 4000);
const seed = seedOf();
const milliseconds = 120_000 + (texts + descriptions) * 10;
const all = signSamples().then((signed) =>
  [...recordedSamples, ...signed].filter(({ preset }) => preset.handshakes !== undefined),
);

const counts = ({ asked, answered, posted, forged }: HandshakeReport) =>
  `${asked} texts asked for, ${answered} answered, ${posted} deliveries made of them, ${forged} not refused, seed ${seed}`;
const ofDescriptions = ({ descriptions, refused, refusedRightly, overlooked, posted, forged }: DescriptionReport) =>
  `${descriptions} random descriptions, ${refused} refused (${refusedRightly} sign a delivery that was found), ${overlooked} overlooked, ${posted} MACs posted back, ${forged} not refused, seed ${seed}`;

describe('what a handshake gives to a stranger', () => {
  it(
    'is refused as a delivery by every preset, and reaches neither handler nor store',
    async () => {
      const samples = await all;
      const own = [...presets.values()].filter(({ handshakes }) => handshakes !== undefined);
      expect([...new Set(samples.map(({ preset }) => preset))].sort()).toEqual(own.sort());
      const sum = emptyReport();
      for (const [place, sample] of samples.entries()) {
        const found = emptyReport();
        await checkHandshakes(sample, Math.ceil(texts / samples.length), new Random(seed + place), found);
        // Only a handshake that has to be signed goes unanswered, where nobody here can sign.
        const isOpen = sample.preset.handshakes?.some(({ signed }) => !signed) === true;
        if (isOpen || sample.sign !== undefined) expect(found.answered, sample.name).toBeGreaterThan(0);
        sum.asked += found.asked;
        sum.answered += found.answered;
        sum.posted += found.posted;
        sum.forged += found.forged;
        sum.examples.push(...found.examples);
      }
      report('handshakes', `${own.length} presets: ${counts(sum)}`);
      expect(sum.examples.join('\n')).toBe('');
      expect(sum.forged).toBe(0);
      expect(sum.posted).toBeGreaterThan(texts / 2);
    },
    milliseconds,
  );

  it.each(['braintree', 'x-twitter'])('finds that %s could be forged with the rule of before', async (name) => {
    const samples = (await all).filter(({ preset }) => preset.name === name);
    const found = emptyReport();
    for (const sample of samples) {
      await checkHandshakes(sample, Math.ceil(800 / samples.length), new Random(seed), found, withOldRule(sample));
    }
    report('handshakes', `control ${name}: ${counts(found)}`);
    expect(found.forged).toBeGreaterThan(0);
    expect(found.examples.join('\n')).toContain(`${name}: handled`);
  });
});

describe('a description whose handshake signs', () => {
  it(
    'is refused where a genuine delivery has a text that it signs, and otherwise gives no MAC of a delivery away',
    async () => {
      const found = await checkDescriptions(descriptions, seed);
      report('handshakes', ofDescriptions(found));
      expect(found.examples.join('\n')).toBe('');
      expect(found.overlooked + found.forged).toBe(0);
      // Neither rule holds for nothing.
      expect(found.refusedRightly).toBeGreaterThan(found.descriptions / 20);
      expect(found.accepted).toBeGreaterThan(found.descriptions / 20);
      expect(found.posted).toBeGreaterThan(found.descriptions / 20);
    },
    milliseconds,
  );

  it('finds forgeries where a receiver does not set aside what its handshake signs', async () => {
    const found = await checkDescriptions(500, seed, withoutReservation);
    report('handshakes', `control: ${ofDescriptions(found)}`);
    expect(found.forged).toBeGreaterThan(0);
  });
});

/** A scheme that is not told what handshakes sign. */
function withoutReservation(description: HmacDescription): Scheme<'secrets'> {
  const scheme = hmac(description);
  return { ...scheme, bind: ({ isReserved, ...options }) => scheme.bind(options) };
}

/** The rule of before: anything of `/^[A-Za-z0-9+/=_-]{1,256}$/` is signed, and nothing is set aside for it. */
function withOldRule({ preset }: Sample): Provider {
  const description = preset.scheme.description as HmacDescription;
  const open = description.signs.map((part) => {
    if (typeof part !== 'object' || !('form' in part)) return part;
    const { minLength, ...rest } = part;
    return rest;
  });
  const grammar = { characters: 'token', minLength: 1, maxLength: 256 } as const;
  return {
    ...preset,
    // What is checked when a provider is given to a receiver: a text that no handshake could sign.
    scheme: { ...withoutReservation({ ...description, signs: open }), description: { ...description, signs: ['url'] } },
    handshakes: handshakes(
      JSON.parse(JSON.stringify(preset.handshakes), (name, value: unknown) => (name === 'grammar' ? grammar : value)),
    ),
  } as Provider;
}
