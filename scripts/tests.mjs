// Runs the tests, and once more by themselves the files of those that failed: `node scripts/tests.mjs --report FILE [arguments of vitest]`.
//
// Several files run at the same time on few cores, and some tests wait for leases and deadlines in real time. A test that fails then
// and passes alone has met a busy machine: it is printed as such, and does not fail the run. One that fails twice does, and so does
// one that failed for a generated input (its message names a seed), since the second run would generate others.
// COUNTERSIGN_NO_SECOND_RUN=1 counts the first run alone.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Maximum number of files that are repeated: if more fail, the change is wrong and not the machine. */
const mostFiles = 40;
/** Options of vitest whose value is the next argument; what else has no dash is a path. */
const withValue = ['-t', '--testNamePattern', '--project', '--root', '--config'];

const [flag, report, ...parameters] = process.argv.slice(2);
if (flag !== '--report' || report === undefined) {
  console.error('usage: node scripts/tests.mjs --report FILE [arguments of vitest]');
  process.exit(2);
}
const failures = `${report}.failures`;

let running;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => running?.kill(signal));

process.exitCode = await run();

async function run() {
  const code = await vitest(parameters, report);
  const first = readReport(report);
  const failed = first.filter(({ status }) => status === 'failed');
  const files = [...new Set(failed.map(({ name }) => name))];
  const { unhandled, hooks } = readFailures();
  if (code !== 1 || unhandled > 0 || !mayBeRepeated(failed, files)) return code;

  console.log(`\n> Repeating ${files.length === 1 ? '1 file' : `${files.length} files`}, one after the other`);
  const alone = `${report}.alone`;
  const options = parameters.filter((text, at) => isOption(text) || withValue.includes(parameters[at - 1]));
  const again = await vitest([...options, '--maxWorkers=1', '--maxConcurrency=3', ...files], alone);
  const second = readReport(alone);
  rmSync(alone, { force: true });
  const repeated = first.filter(({ name }) => files.includes(name));
  const isHookFailed = (name) => hooks.some(([file]) => file === name);
  if (again > 1 || !ranAgain(repeated, second, isHookFailed)) return code;
  const testResults = [...first.filter(({ name }) => !files.includes(name)), ...second];
  const stillFailed = titles(second, 'failed');
  const onlyAlone = titles(first, 'failed').filter((title) => !stillFailed.includes(title));
  for (const [name, project] of hooks)
    if (second.every((file) => file.name !== name || file.status !== 'failed'))
      onlyAlone.push(`before or after the tests of ${relative(process.cwd(), name)} (${project})`);
  writeFileSync(report, JSON.stringify({ testResults, onlyAlone }));
  return again;
}

/** Failures outside of tests, such as a rejection that nobody handled, belong to no file that could be repeated. */
function mayBeRepeated(failed, files) {
  if (process.env.COUNTERSIGN_NO_SECOND_RUN === '1' || files.length === 0 || files.length > mostFiles) return false;
  return !failed.some((file) => {
    const messages = [
      file.message ?? '',
      ...file.assertionResults.flatMap(({ failureMessages }) => failureMessages ?? []),
    ];
    // A property that did not end in time may have met the one input for which it never does.
    const isGenerating = readFileSync(file.name, 'utf8').includes('fast-check');
    return messages.some((text) => /\bseed\b/i.test(text) || (isGenerating && /timed out/i.test(text)));
  });
}

/** True if each file ran again, and each of its tests as often as before: one that is skipped or gone has not passed. */
function ranAgain(first, second, isHookFailed) {
  return first.every(({ name }) => {
    const [before, after] = [first, second].map((results) => results.filter((file) => file.name === name));
    if (after.length !== before.length) return false;
    // Tests behind a hook that failed count as skipped: now each must run.
    const wanted = isHookFailed(name) ? undefined : ['passed', 'failed'];
    const counted = countTitles(after, ['passed', 'failed']);
    return [...countTitles(before, wanted)].every(([title, count]) => (counted.get(title) ?? 0) >= count);
  });
}

function countTitles(results, wanted) {
  const counts = new Map();
  for (const { assertionResults } of results)
    for (const { fullName, status } of assertionResults)
      if (wanted === undefined || wanted.includes(status)) counts.set(fullName, (counts.get(fullName) ?? 0) + 1);
  return counts;
}

/** A part of the tests cannot be repeated as the same part. */
function isOption(text) {
  return text.startsWith('-') && !text.startsWith('--shard');
}

function titles(results, wanted) {
  return results.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === wanted)
      .map(({ fullName }) => `${fullName} (${relative(process.cwd(), name)})`),
  );
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).testResults : [];
}

/** Without a report of them, the run did not end as it should. */
function readFailures() {
  return existsSync(failures) ? JSON.parse(readFileSync(failures, 'utf8')) : { unhandled: 1, hooks: [] };
}

/** Resolves to the exit code; 128 + the signal's number if a signal ended it, as in a shell. */
function vitest(more, file) {
  rmSync(file, { force: true });
  rmSync(failures, { force: true });
  const own = fileURLToPath(new URL('failure-reporter.mjs', import.meta.url));
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`, `--reporter=${own}`];
  const env = { ...process.env, COUNTERSIGN_FAILURES: failures };
  return new Promise((resolve) => {
    running = spawn('vitest', ['run', ...reporters, ...more], { stdio: 'inherit', env });
    running.on('error', (error) => {
      console.error(`could not start vitest: ${error.message}`);
      resolve(127);
    });
    running.on('close', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}
