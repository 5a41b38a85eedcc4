/** `npm run faults -- F1 --store postgres --mode transactional`: breaks things on purpose and counts the consequences. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { findMissing } from '@countersign/live-services';
import {
  killedAtEachPoint,
  killedInHandler,
  killedInNestedTransactions,
  shortSchedule,
  stoppedPastTheLease,
} from './crashes.ts';
import type { Verdict } from './judge.ts';
import { copiesAtOnce, flood, hangingHandler, rollingDeploy, rotation, wrongClocks } from './load.ts';
import { connectionsLost, postgresStopped, redisKilled, sqliteTrouble, storeUnreachable } from './outages.ts';
import type { Scenario, Setting } from './scenario.ts';
import { isOrm, type Mode, orms, type StoreName } from './wire.ts';

const scenarios: readonly Scenario[] = [
  killedInHandler,
  killedAtEachPoint,
  stoppedPastTheLease,
  redisKilled,
  storeUnreachable,
  connectionsLost,
  postgresStopped,
  sqliteTrouble,
  copiesAtOnce,
  wrongClocks,
  hangingHandler,
  rollingDeploy,
  rotation,
  shortSchedule,
  flood,
  killedInNestedTransactions,
];
const naive: readonly StoreName[] = ['has-set', 'mark-before', 'mark-after'];

const usage = `usage: npm run faults -- [F1 F2 ...] [--store redis|postgres|mysql|sqlite|${orms.join('|')}|${naive.join('|')}] [--mode lease|transactional]
                        [--except STORE] [--amount N] [--events N] [--short] [--save]

--except  leaves a store or an ORM out; CI leaves mysql, kysely and knex to the nightly run
--short   a few minutes; without it, the full amounts
--save    saves the figures in bench/faults/results, from which docs/guarantees.md is generated
The stores ${naive.join(', ')} are wrong on purpose: a run that finds no fault in them fails.

${scenarios.map(({ id, fault, full, unit }) => `${id.padEnd(4)}${fault} (${full} ${unit})`).join('\n')}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    store: { type: 'string' },
    mode: { type: 'string' },
    except: { type: 'string', multiple: true, default: [] },
    amount: { type: 'string' },
    events: { type: 'string' },
    short: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const unknown = positionals.filter((id) => !scenarios.some((scenario) => scenario.id === id));
if (values.help || unknown.length > 0) {
  console.log(unknown.length > 0 ? `There is no ${unknown.join(', ')}.\n${usage}` : usage);
  process.exit(unknown.length > 0 ? 2 : 0);
}

/** The failed runs, printed once more at the end. */
const broken: string[] = [];
let runs = 0;
for (const scenario of scenarios) {
  if (positionals.length > 0 && !positionals.includes(scenario.id)) continue;
  for (const store of scenario.stores) {
    if ((values.store !== undefined && values.store !== store) || values.except.includes(store)) continue;
    const service =
      store === 'postgres' || isOrm(store)
        ? 'postgres'
        : store === 'mysql'
          ? 'mariadb'
          : store === 'sqlite'
            ? undefined
            : 'redis';
    const missing = service === undefined ? undefined : findMissing(service);
    if (missing !== undefined) {
      console.log(`skipped: ${scenario.id} on ${store}: ${missing} is not installed`);
      continue;
    }
    for (const mode of scenario.modes) {
      if (values.mode !== undefined && values.mode !== mode) continue;
      const hasTransactions = isOrm(store) || store === 'postgres' || store === 'mysql' || store === 'sqlite';
      if (mode === 'transactional' && !hasTransactions) continue;
      await runOne(scenario, store, mode);
    }
  }
}
if (runs === 0) {
  console.log(`Nothing matches.\n${usage}`);
  process.exit(2);
}
console.log(broken.length === 0 ? `\n${runs} runs, all passed.` : `\n${runs} runs, ${broken.length} did not hold.`);
for (const line of broken) console.log(`  ${line}`);
process.exit(broken.length === 0 ? 0 : 1);

async function runOne(scenario: Scenario, store: StoreName, mode: Mode): Promise<void> {
  const amount = values.amount === undefined ? (values.short ? scenario.short : scenario.full) : Number(values.amount);
  const events = values.events === undefined ? (values.short ? 200 : 10_000) : Number(values.events);
  const setting: Setting = { store, mode, amount, events, isShort: values.short };
  const startedAt = performance.now();
  const { verdict, figures, broken: seen } = await scenario.run(setting);
  const found = naive.includes(store) ? requireFoundOut(verdict) : seen;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  runs++;
  const { events: n = 0 } = verdict ?? {};
  // With no failure in n trials, the share of failures is below 3/n with 95 % confidence.
  const bound = n > 0 ? `0 in ${n} means below ${((3 / n) * 100).toPrecision(2)} %` : '';
  console.log(`\n${scenario.id} ${store} ${mode}: ${scenario.fault}; ${amount} ${scenario.unit}, ${seconds} s`);
  if (verdict !== undefined) {
    const { lost, stranded, twice, ghost, earlyAck, attempts, startsPerEvent, refusedRatio } = verdict;
    console.log(
      `  ${n} events, ${attempts} attempts: lost ${lost}, stranded ${stranded}, twice ${twice}, ghost ${ghost}, early ack ${earlyAck} (${bound})`,
    );
    console.log(
      `  ${startsPerEvent.toFixed(3)} starts per event, ${(refusedRatio * 100).toFixed(1)} % of responses were not 2xx`,
    );
  }
  console.log(
    `  ${Object.entries(figures)
      .map(([name, value]) => `${name}: ${value}`)
      .join('; ')}`,
  );
  for (const what of found) console.log(`  DOES NOT HOLD: ${what}`);
  if (found.length > 0) broken.push(`${scenario.id} ${store} ${mode}: ${found.join(' ')}`);
  if (values.save) {
    const folder = new URL('results/', import.meta.url);
    mkdirSync(folder, { recursive: true });
    const result = {
      id: scenario.id,
      fault: scenario.fault,
      unit: scenario.unit,
      store,
      mode,
      amount,
      date: new Date().toISOString().slice(0, 10),
      node: process.versions.node,
      seconds,
      verdict,
      figures,
      broken: found,
    };
    writeFileSync(new URL(`${scenario.id}-${store}-${mode}.json`, folder), `${JSON.stringify(result, null, 2)}\n`);
  }
}

/** A harness that passes a store that is wrong on purpose measures nothing. */
function requireFoundOut(verdict: Verdict | undefined): string[] {
  const { lost = 0, twice = 0, earlyAck = 0 } = verdict ?? {};
  return lost + twice + earlyAck > 0 ? [] : ['no fault was found in a store that is wrong on purpose'];
}
