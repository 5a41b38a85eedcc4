/** Sends strangers' requests to receivers, a genuine delivery among each hundred, and looks at what is lost and what stays in memory. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type DedupeStore, memoryStore, type Outcome } from '@countersign/core';
import type { Random } from './random.ts';

/** One kind of strangers' requests, and receivers for them and for genuine deliveries. */
export interface Flood {
  /** Sends one request. What it gives is waited for, at the latest when all are sent. */
  readonly stranger: (at: number, random: Random) => Promise<Outcome>;
  /** Sends one genuine delivery with an id that was not sent before. */
  readonly genuine: (at: number, random: Random) => Promise<Outcome>;
  /** How many records there are, in all stores. */
  readonly records: () => number;
  /** Called between two requests, to let the receivers' time pass. */
  readonly pass?: (at: number) => void;
  /** What else went wrong, in words. */
  readonly problems?: () => readonly string[];
  /** What else is to be said: fetches, for instance. */
  readonly facts?: () => string;
}

export interface FloodReport {
  readonly requests: number;
  readonly genuine: number;
  /** Genuine deliveries that were neither handled nor known already, by what became of them. */
  readonly lost: ReadonlyMap<string, number>;
  /** Strangers' requests by what became of them. */
  readonly strangers: ReadonlyMap<string, number>;
  readonly records: number;
  /** By how much the heap grew over the second half of all requests, in bytes, after a collection. */
  readonly grown: number;
  readonly problems: readonly string[];
  readonly facts: string;
}

/** How no request of a stranger may end: its signature would have been accepted. */
export const forged = ['handled', 'duplicate', 'failed', 'stale', 'in_flight'];

/** Most requests under way at the same time. */
const lanes = 32;
/** One request in so many is genuine. */
export const share = 100;

export async function runFlood(flood: Flood, requests: number, random: Random): Promise<FloodReport> {
  const lost = new Map<string, number>();
  const strangers = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let genuine = 0;
  const sendGenuine = async (at: number) => {
    genuine++;
    const result = nameOf(await flood.genuine(at, random));
    if (!result.startsWith('handled') && result !== 'duplicate') count(lost, result);
  };
  const sendStranger = (at: number) => {
    const work: Promise<void> = flood.stranger(at, random).then((outcome) => {
      count(strangers, nameOf(outcome));
      underWay.delete(work);
    });
    underWay.add(work);
  };
  const half = async (from: number, to: number) => {
    for (let at = from; at < to; at++) {
      flood.pass?.(at);
      sendStranger(at);
      if (at % share === share - 1) await sendGenuine(at);
      // Requests overlap, as they do at a server; some of them never hear of what they wait for.
      if (underWay.size >= lanes) await Promise.race([...underWay, new Promise((resolve) => setImmediate(resolve))]);
    }
    await Promise.all(underWay);
    return collectedHeap();
  };
  await sendGenuine(-1);
  const middle = await half(0, requests / 2);
  const end = await half(requests / 2, requests);
  const { records, problems, facts } = flood;
  return {
    requests,
    genuine,
    lost,
    strangers,
    records: records(),
    grown: end - middle,
    problems: problems?.() ?? [],
    facts: facts?.() ?? '',
  };
}

/** Stores that hold so many records each, and their sum. */
export function boundedStores(maxRecords: number, clock: () => Date) {
  const stores: (DedupeStore & { readonly size: number })[] = [];
  return {
    make: (): DedupeStore => {
      const store = memoryStore({ maxRecords, clock });
      stores.push(store);
      return store;
    },
    records: () => stores.reduce((sum, { size }) => sum + size, 0),
  };
}

/** With the place of what is called the receiver's own fault. */
function nameOf(outcome: Outcome): string {
  if (outcome.kind === 'handled') return `handled ${outcome.event.provider}`;
  if (outcome.kind !== 'rejected') return outcome.kind;
  const { code, at } = outcome.error;
  return code === 'options_invalid' ? `${code} at ${at}` : code;
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

let collect: (() => void) | undefined;

async function collectedHeap(): Promise<number> {
  setFlagsFromString('--expose-gc');
  collect ??= runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  return process.memoryUsage().heapUsed;
}
