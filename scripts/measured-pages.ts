/** Generates the measured parts of docs/: the counts of the fault harness, and the throughput of several processes. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Verdict } from '../bench/faults/judge.ts';

interface FaultResult {
  readonly id: string;
  readonly fault: string;
  readonly unit: string;
  readonly store: string;
  readonly mode: string;
  readonly amount: number;
  readonly date: string;
  readonly node: string;
  readonly verdict?: Verdict;
  readonly figures: Readonly<Record<string, number | string>>;
  readonly broken: readonly string[];
}

interface ScaleResult {
  readonly date: string;
  readonly node: string;
  readonly cores: number;
  readonly processor: string;
  readonly seconds: number;
  readonly lanes: number;
  readonly doubledPercent: number;
  readonly rows: readonly Readonly<Record<string, string | number>>[];
}

const naive = ['has-set', 'mark-before', 'mark-after'];
const storeOrder = ['postgres', 'drizzle', 'kysely', 'knex', 'mysql', 'sqlite', 'redis', ...naive];
const storeNames: Readonly<Record<string, string>> = {
  postgres: 'PostgreSQL',
  drizzle: 'PostgreSQL by Drizzle',
  kysely: 'PostgreSQL by Kysely',
  knex: 'PostgreSQL by Knex',
  mysql: 'MariaDB',
  sqlite: 'SQLite',
  redis: 'Redis',
  'has-set': 'look, then write',
  'mark-before': 'mark before the handler',
  'mark-after': 'mark after the handler',
};

export function readFaultResults(folder: URL): FaultResult[] {
  if (!existsSync(folder)) return [];
  const results = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as FaultResult);
  const place = ({ id, store, mode }: FaultResult) =>
    Number(id.slice(1)) * 100 + storeOrder.indexOf(store) * 2 + (mode === 'lease' ? 0 : 1);
  return results.sort((left, right) => place(left) - place(right));
}

const count = (value: number) => value.toLocaleString('en');

/** If n trials have no failure, the failure rate is below 3/n with 95 % confidence. */
const bound = (n: number) => `${((3 / n) * 100).toPrecision(2)} %`;

/** The tables of docs/guarantees.md, from the runs. */
export function faultTables(results: readonly FaultResult[]): string {
  const product = results.filter(({ store }) => !naive.includes(store));
  const controls = results.filter(({ store }) => naive.includes(store));
  const dates = [...new Set(results.map(({ date }) => date))].sort();
  const nodes = [...new Set(results.map(({ node }) => node))].sort();
  const ids = [...new Set(product.map(({ id }) => id))];
  return `Runs of ${dates.join(', ')} on Node ${nodes.join(', ')}, two processor cores, all servers on the same machine.

${ids.map((id) => scenarioTable(product.filter((result) => result.id === id))).join('\n\n')}

## Stores that are wrong on purpose

The same F1 with three common mistakes in stores. If they passed, the harness would measure nothing.

${table(controls)}`;
}

function scenarioTable(results: readonly FaultResult[]): string {
  const [{ id, fault, unit } = { id: '', fault: '', unit: '' }] = results;
  const details = results.map(
    ({ store, mode, amount, figures, broken }) =>
      `- ${storeNames[store]}, ${mode}, ${count(amount)} ${unit}: ${Object.entries(figures)
        .map(([name, value]) => `${name} ${typeof value === 'number' ? count(value) : value}`)
        .join('; ')}${broken.length > 0 ? `. **Did not hold: ${broken.join('; ')}**` : ''}`,
  );
  return `### ${id}: ${fault}\n\n${table(results)}\n\n${details.join('\n')}`;
}

function table(results: readonly FaultResult[]): string {
  const rows = results.flatMap(({ store, mode, verdict }) => {
    if (verdict === undefined) return [];
    const { events, attempts, lost, stranded, twice, ghost, earlyAck } = verdict;
    const cells = [
      storeNames[store],
      mode,
      count(events),
      count(attempts),
      lost,
      stranded,
      twice,
      ghost,
      earlyAck,
      bound(events),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `| store | mode | events | attempts | lost | stranded | twice | ghost | early ack | a 0 means below |
|---|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}`;
}

export function readScaleResult(file: URL): ScaleResult | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ScaleResult) : undefined;
}

/** The table of docs/scaling.md, from the run. */
export function scaleTable({
  date,
  node,
  cores,
  processor,
  seconds,
  lanes,
  doubledPercent,
  rows,
}: ScaleResult): string {
  const names = Object.keys(rows[0] ?? {});
  return `Run of ${date}, Node ${node}, ${cores} × ${processor}, shared by sender, receivers and store. ${lanes} concurrent deliveries,
${doubledPercent} % of attempts sent twice, ${seconds} s each, handlers that do nothing.

| ${names.join(' | ')} |
|${names.map(() => '---').join('|')}|
${rows.map((row) => `| ${names.map((name) => (typeof row[name] === 'number' ? count(row[name]) : (storeNames[row[name] as string] ?? row[name]))).join(' | ')} |`).join('\n')}`;
}

/** Puts a text between the two marks with this name in a page. @throws if the page has no such marks */
export function fillMarks(page: string, name: string, text: string): string {
  const [start, end] = [`<!-- made from runs: ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The page has no marks for ${name}.`);
  return `${page.slice(0, from + start.length)}\n\n${text}\n\n${page.slice(to)}`;
}
