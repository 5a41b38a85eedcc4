/**
 * Nothing that a stranger can send costs more than linear time before it is verified (V4).
 *
 * `VERDICT_GROWTH`: the largest size in KiB, 256 unless said otherwise. Above that, up to 1024: every kind of large value at every
 * place, and a measurement at each doubling.
 */

import { createReceiver, hmac, type Provider } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { twilio } from '../../src/twilio.ts';
import { presets } from '../presets.ts';
import { otherSecretOf } from '../recorded-delivery.ts';
import { amountOf, report } from './amounts.ts';
import { type GenuineDelivery, genuineDeliveries } from './genuine-deliveries.ts';
import { type FaultFinding, type GrowthFinding, type GrowthSubject, measureGrowth, mostForTwice } from './growth.ts';
import { type GrowthKind, shapesOf } from './large-deliveries.ts';

const kibibyte = 1024;
const most = amountOf('VERDICT_GROWTH', 256) * kibibyte;
const isLong = most > 256 * kibibyte;
const sizes: Readonly<Record<GrowthKind, readonly number[]>> = isLong
  ? {
      body: doublings(4096),
      list: doublings(4096),
      address: doublings(4096),
      // A header of more than 8 KiB is refused unread.
      header: [1000, 2000, 4000, 8000, ...doublings(16_384)],
      refused_body: [2, 4, 8, 16].map((megabytes) => megabytes * kibibyte ** 2),
    }
  : {
      body: [most / 32, most / 4],
      list: [most / 8, most],
      address: [most / 64, most / 8],
      header: [1000, 8000],
      refused_body: [2, 4].map((megabytes) => megabytes * kibibyte ** 2),
    };

/** Sizes up to the largest, which is a little less than 1 MiB: genuine parts are added to what grows. */
function doublings(from: number): readonly number[] {
  const list: number[] = [];
  for (let size = from; size <= most; size *= 2) list.push(Math.min(size, 1_000_000));
  return list;
}

/** What a stranger reaches: with a stored token, not without it; with a signature, also by a captured head and another body. */
function subjectOf(genuine: GenuineDelivery): GrowthSubject {
  const { name, preset, recorded } = genuine;
  const receiver = genuine.receiver({
    onOutcome: () => undefined,
    handshakes: { verifyToken: 'a', accept: () => false },
    ...(preset.scheme.kind === 'shared_token' && { secret: otherSecretOf(recorded) }),
  });
  return { name, receiver, shapes: shapesOf(genuine, isLong) };
}

const sentenceOf = ({ subject, shape, sizes, milliseconds }: GrowthFinding) =>
  `${subject}: ${shape}: ${sizes.map((size, at) => `${milliseconds[at]?.toFixed(1)} ms for ${size}`).join(', ')}`;
const faultSentenceOf = ({ subject, shape, size, code, cause }: FaultFinding) =>
  `${subject}: ${shape}, ${size}: ${code} ${cause}`;

describe('processor time before verification', () => {
  it(
    'grows no faster than the delivery, for every preset and everything that its scheme looks at',
    async () => {
      const { shapes, deliveries, measuredAgain, findings, faults, slowest } = await measureGrowth(
        genuineDeliveries.map(subjectOf),
        sizes,
      );
      report(
        'growth',
        `${presets.size} presets, ${shapes} shapes up to ${most / kibibyte} KiB, ${deliveries} deliveries, ${measuredAgain} looked at again, ${findings.length} took more than ${mostForTwice} times as long for twice the size, ${faults.length} refused as the receiver's fault; the slowest took ${slowest.milliseconds.toFixed(0)} ms (${slowest.where})`,
      );
      expect(findings.map(sentenceOf)).toEqual([]);
      expect(faults.map(faultSentenceOf)).toEqual([]);
      expect(shapes).toBeGreaterThan(3000);
    },
    isLong ? 14_400_000 : 300_000,
  );

  it('is found to grow too fast where a form’s values are looked up anew for each name', async () => {
    const [genuine] = genuineDeliveries.filter(({ name }) => name === 'twilio');
    if (genuine === undefined) throw new Error('There is no recording twilio.');
    const receiver = createReceiver({
      provider: slowTwilio,
      secrets: genuine.recorded.secret as string,
      publicUrl: genuine.recorded.publicUrl as string,
      onWarning: () => undefined,
      onOutcome: () => undefined,
    });
    const shapes = shapesOf(genuine, true).filter(({ name }) => name === 'a form of many short names');
    const { findings } = await measureGrowth([{ name: 'slow', receiver, shapes }], { ...sizes, body: [8192, 65_536] });
    report('growth', `control: the sorted form as it once was is found: ${findings.map(sentenceOf).join('; ')}`);
    expect(findings.map(({ shape }) => shape)).toEqual(['a form of many short names']);
  }, 240_000);
});

/** Twilio with the sorted form of old: asks for the values of each name, which walks through all fields each time. */
const slowTwilio: Provider = {
  ...twilio,
  scheme: hmac({
    hash: 'SHA-1',
    signature: { header: 'x-twilio-signature', encoding: 'base64' },
    signs: [
      'url',
      {
        name: 'the sorted form, as it once was',
        covers: ['body'],
        layout: { assign: '', end: '' },
        compute: ({ body }) => {
          const form = new URLSearchParams(new TextDecoder().decode(body));
          const valuesOf = (name: string) => [...new Set(form.getAll(name))].sort();
          return [...new Set(form.keys())].sort().flatMap((name) => valuesOf(name).map((value) => ({ name, value })));
        },
      },
    ],
    ambiguous: true,
  }),
};
