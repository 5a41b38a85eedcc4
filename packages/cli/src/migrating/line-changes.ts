/** The lines that differ between two texts, as `-` and `+` lines with the number of the first. */

/** One place where lines differ. */
export interface LineChange {
  /** Counted from 1, in the text before. */
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** By the longest common lines (dynamic programming), after what both begin and end with. */
export function lineChanges(before: string, after: string): readonly LineChange[] {
  const [left, right] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  const old = left.slice(start, left.length - end);
  const now = right.slice(start, right.length - end);
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  for (let row = old.length - 1; row >= 0; row--)
    for (let column = now.length - 1; column >= 0; column--)
      (lengths[row] as Uint32Array)[column] =
        old[row] === now[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
  const changes: { line: number; removed: string[]; added: string[] }[] = [];
  let [row, column] = [0, 0];
  let current: (typeof changes)[number] | undefined;
  while (row < old.length || column < now.length) {
    if (row < old.length && column < now.length && old[row] === now[column]) {
      current = undefined;
      row++;
      column++;
      continue;
    }
    if (current === undefined) {
      current = { line: start + row + 1, removed: [], added: [] };
      changes.push(current);
    }
    if (column >= now.length || (row < old.length && at(row + 1, column) >= at(row, column + 1)))
      current.removed.push(old[row++] as string);
    else current.added.push(now[column++] as string);
  }
  return changes;
}
