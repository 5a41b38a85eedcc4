/** No change of a genuine delivery that is still accepted makes another event of it, for every preset. */

import { describe, expect, it } from 'vitest';
import { presets } from '../presets.ts';
import { amountOf, report, seedOf } from './amounts.ts';
import { checkMutations, type MutationReport, violationText } from './mutation-check.ts';
import { plantedFaults } from './planted-faults.ts';
import { recordedSamples, type Sample, signSamples } from './samples.ts';

const usual = 100_000;
/** Enough to find each planted fault some fifty times. */
const ofControl = 5000;
const mutations = amountOf('VERDICT_MUTATIONS', usual);
const seed = seedOf();
const milliseconds = 120_000 + mutations * 2;
const all = signSamples().then((signed) => [...recordedSamples, ...signed]);

function counts(found: MutationReport, samples: readonly Sample[]): string {
  const broken = (name: 'identity' | 'payload') => found.breaches.get(name) ?? 0;
  const recorded = samples.filter((sample) => recordedSamples.includes(sample)).length;
  const named = new Set(samples.map(({ preset }) => preset.name).filter((name) => presets.has(name))).size;
  return `${found.mutations} mutations of ${recorded} recorded and ${samples.length - recorded} signed deliveries of ${named} presets, seed ${seed}, ${found.accepted} accepted, ${broken('identity')} with another identity, ${broken('payload')} with another payload`;
}

/** Accepted mutations by preset, fewest first. */
function acceptedByPreset(found: MutationReport, samples: readonly Sample[]): [preset: string, accepted: number][] {
  const accepted = new Map<string, number>();
  for (const { name, preset } of samples) {
    accepted.set(preset.name, (accepted.get(preset.name) ?? 0) + (found.acceptedBy.get(name) ?? 0));
  }
  return [...accepted].sort(([, left], [, right]) => left - right);
}

describe('any change of a genuine delivery', () => {
  it(
    'is refused, or leaves identity, signed payload, signed id and signed time as they were',
    async () => {
      const samples = await all;
      const found = await checkMutations(samples, mutations, seed);
      report('mutation', counts(found, samples));
      const fewest = acceptedByPreset(found, samples);
      report(
        'mutation',
        `fewest accepted: ${fewest
          .slice(0, 6)
          .map((row) => row.join(' '))
          .join(', ')}`,
      );
      expect([...found.violations.values()].map(violationText).join('\n\n')).toBe('');
      expect(fewest.map(([name]) => name)).toEqual(expect.arrayContaining([...presets.keys()]));
      // A preset of which nothing is ever accepted, or hardly anything, would hold all of this for nothing.
      if (mutations >= usual) expect(fewest.filter(([, accepted]) => accepted === 0)).toEqual([]);
      expect(found.accepted).toBeGreaterThan(mutations / 10);
    },
    milliseconds,
  );

  it.each(plantedFaults)(
    'finds a planted fault: $name',
    async ({ name, preset, breach, plant }) => {
      const samples = await all;
      const own = samples.filter((sample) => sample.preset.name === preset);
      const found = await checkMutations(own, ofControl, seed, plant);
      report('mutation', `control: ${counts(found, own)} (${name})`);
      expect(found.breaches.get(breach) ?? 0).toBeGreaterThan(0);
    },
    120_000,
  );
});
