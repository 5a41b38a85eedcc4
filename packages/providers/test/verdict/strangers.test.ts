/**
 * Whatever strangers send, genuine deliveries are handled, and memory stays bounded (V9, D15).
 *
 * `VERDICT_STRANGERS`: how many strangers' requests of each kind; 2500 unless said otherwise.
 */

import type { KeyResolver } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { amountOf, report, seedOf } from './amounts.ts';
import { type Flood, type FloodReport, forged, runFlood } from './flood.ts';
import { paypalFlood, snsFlood, startAmidFlood, tokenFlood } from './key-floods.ts';
import { Random } from './random.ts';
import { forgeryFlood, handshakeFlood, headerFlood, malformedFlood } from './request-floods.ts';

const usual = 10_000;
const requests = amountOf('VERDICT_STRANGERS', usual);
const seed = seedOf();
const milliseconds = 120_000 + requests * 20;
/** What the second half of all requests may leave behind: records of genuine deliveries, and the noise of the runtime. */
const mostGrown = 1_000_000;

const kinds: Readonly<Record<string, () => Flood | Promise<Flood>>> = {
  'that name unknown certificates of Amazon SNS': () => snsFlood(requests, false),
  'that name certificates of Amazon SNS which never arrive': () => snsFlood(requests, true),
  'that name unknown certificates of PayPal': () => paypalFlood(requests),
  'that name unknown keys of a key set': () => tokenFlood(requests, 'url'),
  'that name unknown keys, where a function gives the URL of the key set': () => tokenFlood(requests, 'resolver'),
  'that name unknown keys, where a function gives a URL for each': () => tokenFlood(requests, 'resolver_by_id'),
  'that are forged in the form of each preset': () => forgeryFlood(requests),
  'that are malformed in every part': () => malformedFlood(requests),
  'with huge headers': () => headerFlood(requests),
  'that look like checks of the address': () => handshakeFlood(requests),
};

const listOf = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .sort(([, left], [, right]) => right - left)
    .map(([name, amount]) => `${name} ${amount}`)
    .join(', ');

function print(kind: string, { requests: amount, genuine, lost, strangers, records, grown, facts }: FloodReport): void {
  const losses = lost.size === 0 ? '0 lost' : `lost: ${listOf(lost)}`;
  report(
    'strangers',
    `${amount} ${kind}: ${genuine} genuine, ${losses}, ${records} records, heap ${grown < 0 ? '' : '+'}${(grown / 1024).toFixed(0)} KiB over the second half, ${facts === '' ? '' : `${facts}, `}seed ${seed} (${listOf(strangers)})`,
  );
}

describe('requests of strangers', () => {
  it.each(Object.entries(kinds))(
    '%s leave genuine deliveries and memory alone',
    async (kind, make) => {
      const result = await runFlood(await make(), requests, new Random(seed));
      print(kind, result);
      expect(listOf(result.lost)).toBe('');
      expect(result.problems).toEqual([]);
      expect([...result.strangers.keys()].filter((name) => forged.includes(name.split(' ', 1)[0] as string))).toEqual(
        [],
      );
      // A recorded delivery, where only the sender can sign, is known the second time; a batch has several events.
      expect(result.records).toBeLessThanOrEqual(result.genuine * 2);
      expect(result.grown).toBeLessThan(mostGrown);
    },
    milliseconds,
  );

  it.each([1, 5, 20, 100])(
    'that name %i unknown certificates a second leave the first event of a new process its certificate',
    async (perSecond) => {
      const processes = Math.max(3, Math.min(requests > usual ? 20 : 8, Math.floor(requests / (90 * perSecond))));
      const started = await startAmidFlood(processes, perSecond, new Random(seed));
      report('strangers', `new processes: ${JSON.stringify(started)}, seed ${seed}`);
      expect(started.lost).toBe(0);
    },
    milliseconds,
  );

  it.each([2, 4, 8])(
    'that name each of 20 unknown certificates a second %i times leave the first event its certificate too',
    async (repeats) => {
      const started = await startAmidFlood(requests > usual ? 5 : 3, 20 * repeats, new Random(seed), { repeats });
      report('strangers', `new processes, names repeated: ${JSON.stringify({ repeats, ...started })}, seed ${seed}`);
      expect(started.lost).toBe(0);
    },
    milliseconds,
  );

  it(
    'are found to take the certificate from a new process, of a file whose name is too long to be counted',
    async () => {
      const started = await startAmidFlood(requests > usual ? 10 : 4, 100, new Random(seed), { name: 'a'.repeat(200) });
      report('strangers', `new processes, control: ${JSON.stringify(started)}, seed ${seed}`);
      expect(started.lost).toBeGreaterThan(0);
    },
    milliseconds,
  );

  it(
    'are found to push out what genuine deliveries need, of a cache that strangers share',
    async () => {
      const result = await runFlood(tokenFlood(requests, 'resolver', oldCache), requests, new Random(seed));
      print('that name unknown keys, control with 32 places and 12 fetches a minute,', result);
      expect(result.lost.get('key_unavailable')).toBeGreaterThan(result.genuine / 4);
    },
    milliseconds,
  );

  it(
    'are found to fill memory, of a cache without a bound',
    async () => {
      const result = await runFlood(tokenFlood(requests, 'resolver', endlessCache), requests, new Random(seed));
      print('that name unknown keys, control with a cache without a bound,', result);
      expect(result.grown).toBeGreaterThan(mostGrown);
    },
    milliseconds,
  );
});

/** Keys by their ids as certificates once were kept: 32 places for all, 12 fetches a minute for all. */
function oldCache(fetch: typeof globalThis.fetch, now: () => Date): KeyResolver {
  const places = new Map<string, Record<string, unknown>[]>();
  let [minute, fetched] = [0, 0];
  return async (keyId = '') => {
    const known = places.get(keyId);
    if (known !== undefined) {
      places.delete(keyId);
      places.set(keyId, known);
      return known;
    }
    const current = Math.floor(now().getTime() / 60_000);
    if (current !== minute) [minute, fetched] = [current, 0];
    if (++fetched > 12) throw new Error('Too many fetches in this minute.');
    const keys = await keysOf(fetch, keyId);
    places.set(keyId, keys);
    if (places.size > 32) places.delete(places.keys().next().value as string);
    return keys;
  };
}

function endlessCache(fetch: typeof globalThis.fetch): KeyResolver {
  const known = new Map<string, Promise<Record<string, unknown>[]>>();
  return (keyId = '') => {
    const keys = known.get(keyId) ?? keysOf(fetch, keyId);
    known.set(keyId, keys);
    return keys;
  };
}

async function keysOf(fetch: typeof globalThis.fetch, keyId: string): Promise<Record<string, unknown>[]> {
  const response = await fetch('https://keys.example.com/certs');
  const { keys } = (await response.json()) as { keys: Record<string, unknown>[] };
  return keys.filter(({ kid }) => kid === keyId);
}
