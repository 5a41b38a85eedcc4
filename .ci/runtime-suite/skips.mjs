/** The tests that cannot run on a runtime, each with the reason. An entry that matches no test is an error. */

export const skips = [];

/** The number of the entry that covers a test, or undefined. */
export function findSkip(runtime, file, name) {
  const at = skips.findIndex(
    (skip) =>
      skip.runtimes.includes(runtime) && file === skip.file && (skip.test === undefined || name.startsWith(skip.test)),
  );
  return at < 0 ? undefined : at;
}
