/** Finds similar names for a misspelt one. */

/** Up to three of the names, nearest first; none if nothing is similar. */
export function findNearest(given: string, names: readonly string[]): readonly string[] {
  const wanted = given.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  return names
    .map((name) => ({ name, distance: distanceOf(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((left, right) => left.distance - right.distance || (left.name < right.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** `Did you mean a, b or c?`, with a space before it; empty if nothing is similar. */
export function suggestion(nearest: readonly string[]): string {
  if (nearest.length === 0) return '';
  const last = nearest.at(-1) as string;
  return ` Did you mean ${nearest.length === 1 ? last : `${nearest.slice(0, -1).join(', ')} or ${last}`}?`;
}

/** Number of letters to insert, remove, replace, or swap with their neighbour (optimal string alignment). */
function distanceOf(left: string, right: string): number {
  let [before, previous]: number[][] = [[], Array.from({ length: right.length + 1 }, (_, at) => at)];
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1];
      let least = Math.min(
        (previous?.[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (previous?.[column - 1] as number) + (isSame ? 0 : 1),
      );
      const isSwap =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (isSwap) least = Math.min(least, (before?.[column - 2] as number) + 1);
      current.push(least);
    }
    [before, previous] = [previous, current];
  }
  return previous?.at(-1) as number;
}
