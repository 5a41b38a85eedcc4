/**
 * `npm run bench-http`: processor time per request, requests per second and p99 behind three frameworks; exits with 1 if a goal is missed.
 */

import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { connections, type Load, ServedEndpoint } from './served-endpoint.ts';
import type { Endpoint, Framework } from './server.ts';

const endpoints: readonly Endpoint[] = ['parse', 'bare', 'hand', 'ours'];
/** Processor time of the server per request: that of the endpoint that only parses, divided by ours. */
const leastAgainstParse: Readonly<Record<Framework, number>> = { express: 1, hono: 0.82, fastify: 0.8 };
/** Requests per second: ours divided by those of a handwritten `constructEvent`. */
const leastAgainstHand = 1.35;
const mostP99AgainstHand = 1.15;
/** Time for collecting garbage: ours divided by that of parsing alone. More means that objects of a request outlive it. */
const mostCollectionAgainstParse = 1.6;

const usage = `usage: npm run bench-http -- [--rounds 9] [--requests 8000] [--framework ${Object.keys(leastAgainstParse).join('|')} ...]`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    requests: { type: 'string', default: '8000' },
    framework: { type: 'string', multiple: true, default: Object.keys(leastAgainstParse) },
  },
});
const [rounds, requests] = [Number(values.rounds), Number(values.requests)];
const isWhole = (amount: number) => Number.isInteger(amount) && amount > 0;
const isKnown = (name: string) => Object.hasOwn(leastAgainstParse, name);
if (!isWhole(rounds) || !isWhole(requests) || !values.framework.every(isKnown)) {
  console.error(usage);
  process.exit(2);
}

console.log(
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, load average ${loadavg()[0]?.toFixed(1)}.`,
);
console.log(
  `1 KiB with a Stripe signature over ${connections} connections, sender and server on the same machine; the sender never sleeps. Medians of ${rounds} interleaved rounds of ${requests} requests, quartiles in brackets.\n`,
);

let missed = 0;
for (const framework of values.framework as Framework[]) {
  const loads = await measure(framework);
  console.log(framework);
  console.table(Object.fromEntries(endpoints.map((endpoint) => [endpoint, rowOf(loads[endpoint])])));
  const goals = goalsOf(framework, loads);
  console.table(goals);
  const least = loads.bare.map((load, round) => (loads.parse[round] as Load).cpuMicroseconds / load.cpuMicroseconds);
  console.log(`Processor time of parsing alone, divided by that with a bare node:crypto MAC: ${describe(least, 3)}.\n`);
  missed += goals.filter((goal) => goal[''] === 'MISSED').length;
}
console.log(missed === 0 ? 'Every goal is reached.' : `${missed} missed.`);
process.exitCode = missed === 0 ? 0 : 1;

/** Loads the framework's endpoints in turn, so that a slow moment of the machine affects all of them. */
async function measure(framework: Framework): Promise<Record<Endpoint, Load[]>> {
  const served = endpoints.map((endpoint) => new ServedEndpoint(framework, endpoint));
  const loads: Record<Endpoint, Load[]> = { parse: [], bare: [], hand: [], ours: [] };
  try {
    for (const one of served) await one.start();
    for (const one of served) await one.check();
    // Round -1 warms up the compilers on both sides.
    for (let round = -1; round < rounds; round++) {
      for (let turn = 0; turn < served.length; turn++) {
        const one = served[(turn + round + served.length) % served.length] as ServedEndpoint;
        const load = await one.load(requests);
        if (round >= 0) loads[one.endpoint].push(load);
      }
    }
    return loads;
  } finally {
    await Promise.all(served.map((one) => one.stop()));
  }
}

function rowOf(loads: readonly Load[]): Record<string, string> {
  const column = (pick: (load: Load) => number, digits: number) => describe(loads.map(pick), digits);
  return {
    'requests per second': column((load) => load.requestsPerSecond, 0),
    'p99, ms': column((load) => load.p99Milliseconds, 2),
    'processor time per request, µs': column((load) => load.cpuMicroseconds, 1),
    'of it collecting garbage, µs': column((load) => load.collectionMicroseconds, 2),
    'server busy, %': column((load) => load.busyPercent, 0),
  };
}

function goalsOf(framework: Framework, { parse, hand, ours }: Record<Endpoint, Load[]>): Record<string, string>[] {
  const compare = (what: string, against: Load[], pick: (load: Load) => number, limit: number, isLeast: boolean) => {
    const ratios = ours.map((load, round) => pick(load) / pick(against[round] as Load));
    const ratio = quantile(ratios, 0.5);
    return {
      'ours compared with': what,
      ratio: describe(ratios, 3),
      goal: `at ${isLeast ? 'least' : 'most'} ${limit.toFixed(2)}`,
      '': (isLeast ? ratio >= limit : ratio <= limit) ? 'reached' : 'MISSED',
    };
  };
  const rate = (load: Load) => load.requestsPerSecond;
  const collection = (load: Load) => load.collectionMicroseconds;
  const thrift = (load: Load) => 1 / load.cpuMicroseconds;
  return [
    compare('parsing alone, processor time (theirs / ours)', parse, thrift, leastAgainstParse[framework], true),
    compare('handwritten constructEvent, requests per second', hand, rate, leastAgainstHand, true),
    compare('handwritten constructEvent, p99', hand, (load) => load.p99Milliseconds, mostP99AgainstHand, false),
    compare('parsing alone, garbage collection', parse, collection, mostCollectionAgainstParse, false),
  ];
}

/** The median, with the quartiles in brackets. */
function describe(figures: readonly number[], digits: number): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(figures, part).toFixed(digits));
  return `${middle} [${low} to ${high}]`;
}

function quantile(figures: readonly number[], part: number): number {
  const sorted = figures.toSorted((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) * part + 0.5)] as number;
}
