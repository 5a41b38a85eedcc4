/** One table of every case on every server: what passes, what fails, and why something is left out. */

import type { AdapterResult } from '@countersign/testing';

const marks = { holds: '✓', fails: '✗', 'left out': '–' } as const;

/** @param results by the name of the server; `missing` for a server that was not run */
export function resultTable(
  results: ReadonlyMap<string, readonly AdapterResult[]>,
  missing: ReadonlyMap<string, string>,
): string {
  const names = [...new Set([...results.values()].flat().map(caseOf))];
  const columns = [...results.keys()];
  const letterOf = (index: number) => String.fromCharCode(65 + index);
  const lines = columns.map(
    (name, index) => `${letterOf(index)}  ${name}${missing.has(name) ? `: skipped, ${missing.get(name)}` : ''}`,
  );
  const width = Math.max(0, ...names.map((name) => name.length));
  lines.push('', `${''.padEnd(width)}  ${columns.map((_, index) => letterOf(index)).join(' ')}`);
  const reasons = new Map<string, string>();
  for (const name of names) {
    const cells = columns.map((column) => {
      const found = results.get(column)?.find((result) => caseOf(result) === name);
      if (found?.reason !== undefined) reasons.set(`${marks[found.verdict]} ${column}, ${name}`, found.reason);
      return found === undefined ? ' ' : marks[found.verdict];
    });
    lines.push(`${name.padEnd(width)}  ${cells.join(' ')}`);
  }
  const all = [...results.values()].flat();
  const count = (verdict: AdapterResult['verdict']) => all.filter((result) => result.verdict === verdict).length;
  lines.push('', ...[...reasons].map(([what, why]) => `${what}: ${why}`));
  lines.push(
    `${count('holds')} hold, ${count('fails')} fail, ${count('left out')} left out on purpose; ${columns.length - missing.size} servers, ${missing.size} skipped`,
  );
  return lines.join('\n');
}

const caseOf = ({ form, name }: AdapterResult) => `${form}: ${name}`;
