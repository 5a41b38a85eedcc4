/** Runs the tests of one file and reports the result of each. */
import { findSkip } from './skips.mjs';
import { collect, setRunningTest } from './vitest.mjs';

/** As in vitest.config.ts. */
const defaultTimeoutMilliseconds = 60_000;
/** Several runtimes run at a time, so the time limits that tests set are multiplied. */
const patience = 3;
/** Time to wait for late errors after the tests of a file. */
const lateMilliseconds = 20;
// Tests replace these.
const { setTimeout, clearTimeout, performance } = globalThis;
const setImmediate = globalThis.setImmediate ?? setTimeout;

/**
 * The caller adds uncaught errors to `strays`; this function empties it.
 *
 * Each entry of `tests` has a name and a state: passed, failed (with messages) or skipped (with the number of its entry in the list of
 * skips, if it has one).
 */
export async function runFile({ file, load, runtime, strays }) {
  const startedAt = performance.now();
  const tests = [];
  const report = (name, state, more = {}) => tests.push({ name, state, ...more });

  try {
    const root = await collect(load);
    await runSuite(root, [], { isSkipped: false, beforeEach: [], afterEach: [] });
    if (tests.length === 0) throw new Error('the file registers no test');
  } catch (error) {
    report('(the file)', 'failed', { messages: [messageOf(error)] });
  }
  await new Promise((resolve) => setTimeout(resolve, lateMilliseconds));
  for (const error of strays.splice(0)) report('(after the tests)', 'failed', { messages: [messageOf(error)] });
  return { file, seconds: (performance.now() - startedAt) / 1000, tests };

  async function runSuite(suite, path, outer) {
    const isSkipped = outer.isSkipped || suite.isSkipped;
    const inner = {
      isSkipped,
      beforeEach: [...outer.beforeEach, ...suite.hooks.beforeEach],
      afterEach: [...suite.hooks.afterEach, ...outer.afterEach],
    };
    const runsAny = hasTestToRun(suite, path, isSkipped);
    const problems = runsAny ? await problemsOf(suite.hooks.beforeAll) : [];
    for (const child of suite.children) {
      const names = [...path, child.title];
      if (child.children !== undefined) {
        if (problems.length === 0) await runSuite(child, names, inner);
        else reportAll(child, names, problems);
      } else if (problems.length > 0) {
        report(names.join(' > '), 'failed', { messages: problems });
      } else {
        await runTest(child, names.join(' > '), inner);
      }
    }
    if (!runsAny) return;
    const messages = await problemsOf([...suite.hooks.afterAll].reverse());
    if (messages.length > 0) report([...path, '(afterAll)'].join(' > '), 'failed', { messages });
  }

  async function runTest(test, name, { isSkipped, beforeEach, afterEach }) {
    const skip = findSkip(runtime, file, name);
    if (skip !== undefined || isSkipped || test.isSkipped) {
      report(name, 'skipped', skip === undefined ? {} : { skip });
      return;
    }
    const state = {};
    setRunningTest(state);
    const messages = await problemsOf(beforeEach);
    if (messages.length === 0) messages.push(...(await problemsOf([test])));
    for (const problem of await Promise.allSettled(state.promises ?? [])) {
      if (problem.status === 'rejected') messages.push(messageOf(problem.reason));
    }
    messages.push(...(await problemsOf(afterEach)));
    await settle();
    setRunningTest(undefined);
    messages.push(...strays.splice(0).map((error) => `uncaught: ${messageOf(error)}`));
    if (messages.length === 0) report(name, 'passed');
    else report(name, 'failed', { messages });
  }

  function reportAll({ children }, path, messages) {
    for (const child of children) {
      const names = [...path, child.title];
      if (child.children !== undefined) reportAll(child, names, messages);
      else report(names.join(' > '), 'failed', { messages });
    }
  }

  /** Hooks of a suite only run if one of its tests does, so they need nothing that the tests lack. */
  function hasTestToRun({ children }, path, isSkipped) {
    return children.some((child) => {
      const names = [...path, child.title];
      const isLeft = isSkipped || child.isSkipped;
      if (child.children !== undefined) return hasTestToRun(child, names, isLeft);
      return !isLeft && findSkip(runtime, file, names.join(' > ')) === undefined;
    });
  }
}

/** Runs bodies one after another and returns the errors. */
async function problemsOf(entries) {
  const messages = [];
  for (const { body, timeoutMilliseconds: own } of entries) {
    const timeoutMilliseconds = own === undefined ? defaultTimeoutMilliseconds : own * patience;
    let timer;
    try {
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`not done after ${timeoutMilliseconds} ms`)), timeoutMilliseconds);
      });
      await Promise.race([(async () => body())(), late]);
    } catch (error) {
      messages.push(messageOf(error));
    }
    clearTimeout(timer);
  }
  return messages;
}

/** Lets asynchronous errors surface before the next test begins. */
function settle() {
  return new Promise((resolve) => setImmediate(resolve, 0));
}

function messageOf(error) {
  if (!(error instanceof Error)) return `thrown: ${String(error)}`;
  const places = String(error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line) || /@.*:\d+/.test(line));
  return [`${error.name}: ${error.message}`, ...places.slice(0, 4)].join('\n');
}
