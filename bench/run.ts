/** `npm run bench`: prints the ratios that verification must reach and exits with 1 if one is missed. */

import { cpus } from 'node:os';
import { measureImports } from './import-time.ts';
import { measureKeyedState } from './keyed-state.ts';
import { measureStore } from './store-memory.ts';
import { measureStoreSteps } from './store-steps.ts';
import { measureVerification } from './verification.ts';

console.log(
  `Node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown processor'}. Medians of 61 interleaved rounds in one process.\n`,
);

const rows: Record<string, string>[] = [];
let missed = 0;
for (const goal of await measureVerification()) {
  const isReached = goal.ratio >= goal.least;
  if (!isReached) missed++;
  rows.push({
    work: goal.work,
    body: goal.bytes >= 1_048_576 ? '1 MiB' : `${goal.bytes / 1024} KiB`,
    against: goal.against,
    'ours, µs': goal.ours.toFixed(2),
    'theirs, µs': goal.theirs.toFixed(2),
    'times as fast': goal.ratio.toFixed(2),
    'at least': goal.least.toFixed(2),
    '': isReached ? 'reached' : 'MISSED',
  });
}
console.table(rows);

console.log('HMAC alone at 1 KiB: keeping the keyed state of a secret compared with creating it each time');
console.table(await measureKeyedState());

console.log('Stores: one claim and one completion, on the same server, client and connections as the bare commands');
const steps = await measureStoreSteps();
console.table(
  steps.map(({ backend, lanes, against, ours, theirs, ratio, least }) => ({
    backend,
    concurrent: lanes,
    against,
    'ours, µs': ours.toFixed(0),
    'theirs, µs': theirs.toFixed(0),
    'times as fast': ratio.toFixed(2),
    'at least': least?.toFixed(2) ?? '',
    '': least === undefined ? '' : ratio >= least ? 'reached' : 'MISSED',
  })),
);
missed += steps.filter(({ ratio, least }) => least !== undefined && ratio < least).length;

if (!measureImports()) missed++;

const { megabytes, records } = measureStore();
console.log(`Memory store: ${records} completed records take ${megabytes.toFixed(0)} MB (at most 150).`);
if (megabytes > 150) missed++;
console.log(missed === 0 ? 'Every goal is reached.' : `${missed} missed.`);
process.exitCode = missed === 0 ? 0 : 1;
