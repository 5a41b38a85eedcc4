/** How much each check of the verdict does, and from which seed; both can be set from outside. */

/** The number in an environment variable. @throws RangeError for anything but a whole number above 0 */
export function amountOf(variable: string, usual: number): number {
  const given = process.env[variable];
  if (given === undefined || given === '') return usual;
  const amount = Number(given);
  if (Number.isSafeInteger(amount) && amount > 0) return amount;
  throw new RangeError(`${variable} is ${given}. Expected a whole number above 0.`);
}

/** The seed in `VERDICT_SEED`, or a new one. Each check prints the one it ran with. */
export function seedOf(): number {
  return amountOf('VERDICT_SEED', (Date.now() % 2_147_483_647) + 1);
}

/** Prints one line, which tools find by its beginning. */
export function report(check: string, line: string): void {
  console.log(`verdict: ${check}: ${line}`);
}
