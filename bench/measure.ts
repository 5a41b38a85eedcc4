/** Measures several ways of doing the same work in one process, in interleaved rounds, and compares their medians. */

/** One way of doing the work. */
export interface Contestant {
  readonly name: string;
  readonly run: () => unknown;
}

/** Median time of one run in microseconds, with the spread of the rounds. */
export interface Timing {
  readonly name: string;
  readonly microseconds: number;
  /** First and third quartile of the rounds. */
  readonly quartiles: readonly [number, number];
}

/**
 * Runs each contestant once per round, in a rotating order, so that a slow moment of the machine affects all of them.
 *
 * @param microsecondsGuess approximate duration of one run; a round consists of enough runs for about 10 ms
 */
export async function compare(
  contestants: readonly Contestant[],
  microsecondsGuess: number,
  rounds = 61,
): Promise<Timing[]> {
  const runs = Math.max(8, Math.round(10_000 / microsecondsGuess));
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = -5; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const { name, run } = contestants[(turn + round + contestants.length * 10) % contestants.length] as Contestant;
      const startedAt = process.hrtime.bigint();
      for (let index = 0; index < runs; index++) {
        const result = run();
        if (result instanceof Promise) await result;
      }
      const microseconds = Number(process.hrtime.bigint() - startedAt) / 1000 / runs;
      // The first rounds warm up the compiler.
      if (round >= 0) times.get(name)?.push(microseconds);
    }
  }
  return contestants.map(({ name }) => {
    const sorted = (times.get(name) ?? []).toSorted((left, right) => left - right);
    const at = (part: number) => sorted[Math.floor(sorted.length * part)] as number;
    return { name, microseconds: at(0.5), quartiles: [at(0.25), at(0.75)] };
  });
}
