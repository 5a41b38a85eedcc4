/** `npm run scale`: 1, 2 and 4 receiver processes on one store: deliveries per second, and duplicates that ran twice. */

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { findMissing } from '@countersign/live-services';
import { quantile } from './faults/judge.ts';
import { judgeWorld, newEvent, sendTo, withReceivers } from './faults/scenario.ts';

const seconds = 6;
const lanes = 24;
const doubledPercent = 10;

const rows: Record<string, string | number>[] = [];
for (const store of ['redis', 'postgres'] as const) {
  if (findMissing(store) !== undefined) continue;
  for (const count of [1, 2, 4]) {
    await withReceivers(store, 'lease', { count, config: { leaseSeconds: 30 } }, async (world) => {
      // Open connections and compile code before anything counts.
      const warmUntil = performance.now() + 1500;
      await sendTo(world, { lanes, next: () => (performance.now() < warmUntil ? newEvent() : undefined) });
      const startedAt = performance.now();
      const endsAt = startedAt + seconds * 1000;
      const journal = await sendTo(world, {
        lanes,
        doubledPercent,
        next: () => (performance.now() < endsAt ? newEvent() : undefined),
      });
      const perSecond = journal.size / ((performance.now() - startedAt) / 1000);
      const { verdict } = await judgeWorld(world, journal);
      const milliseconds = [...journal.values()].flat().map((tries) => Number(tries.endedAt - tries.startedAt) / 1e6);
      rows.push({
        store,
        processes: count,
        'events per second': Math.round(perSecond),
        'p50, ms': quantile(milliseconds, 0.5).toFixed(1),
        'p99, ms': quantile(milliseconds, 0.99).toFixed(1),
        events: verdict.events,
        'copies sent': verdict.attempts - verdict.events,
        'run twice': verdict.twice,
        lost: verdict.lost,
      });
    });
  }
}
console.log(
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, sender and store on the same machine`,
);
console.table(rows);
if (process.argv.includes('--save')) {
  const result = {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    cores: cpus().length,
    processor: cpus()[0]?.model,
    seconds,
    lanes,
    doubledPercent,
    rows,
  };
  writeFileSync(new URL('scale-results.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
}
process.exit(rows.some((row) => row['run twice'] !== 0 || row.lost !== 0) ? 1 : 0);
