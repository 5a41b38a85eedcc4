/** Prints the table of results, followed by remarks on its rows. */

const columns = ['runtime', 'backend', 'files', 'passed', 'failed', 'skipped', 'seconds'];

/** A row without a result is a runtime that was not available. */
export function printTable(rows) {
  const lines = rows.map(({ title, backend, result }) =>
    result === undefined
      ? [title, backend, 'skipped: npx cannot fetch it']
      : [
          title,
          backend,
          ...['files', 'passed', 'failed', 'skipped'].map((name) => result[name].toLocaleString('en')),
          result.seconds.toFixed(1),
        ],
  );
  const widths = columns.map((name, at) =>
    Math.max(name.length, ...lines.filter((line) => line.length > 3).map((line) => line[at].length)),
  );
  for (const line of [columns, ...lines]) {
    const cells = line.map((cell, at) =>
      at < 2 || line.length === 3 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]),
    );
    console.log(cells.join('  ').trimEnd());
  }
}

export function printDetails(rows) {
  for (const { title, backend, result } of rows) {
    if (result === undefined) continue;
    for (const problem of result.problems) console.log(`\nnot ok: ${title}, ${backend}: ${problem}`);
    for (const { file, name, messages } of result.failures) {
      console.log(`\nfailed: ${title}, ${backend}: ${file} > ${name}`);
      console.log(messages.join('\n').replace(/^/gm, '    '));
    }
  }
  const reasons = rows.flatMap(({ title, backend, result }) =>
    [...(result?.skips ?? [])].map(([reason, count]) => `${title}, ${backend}: ${count}: ${reason}`),
  );
  if (reasons.length > 0) console.log(`\nSkipped\n${reasons.join('\n')}`);
}
