/** The parts of a test runner that a contract suite uses, and the error for a failed check. */

/** `describe` and `it` of vitest, Jest, Mocha, node:test, Bun or Deno. */
export interface ContractRunner {
  describe(name: string, body: () => void): unknown;
  readonly it: {
    (name: string, body: () => Promise<void>, timeoutMilliseconds?: number): unknown;
    /** For cases that are not tried; a runner without it does not see them. */
    readonly skip?: (name: string, body: () => Promise<void>) => unknown;
  };
}

/** Shows cases that are not tried as skipped, with the reason; never as passed. */
export function skip({ it }: ContractRunner, name: string): void {
  it.skip?.(name, async () => undefined);
}

/** Thrown by a case that fails. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
}

/** @throws ContractError with the sentence and both values */
export function requireEqual(actual: unknown, expected: unknown, sentence: string): void {
  const [left, right] = [canonical(actual), canonical(expected)];
  if (left !== right) throw new ContractError(`${sentence}: expected ${right}, got ${left}`);
}

/** @throws ContractError with the sentence */
export function requireThat(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new ContractError(sentence);
}

/** JSON with sorted names, so that the order in which a backend keeps them does not matter. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? 'undefined'
  );
}
