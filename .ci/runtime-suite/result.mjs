/** Turns the reports of a row into its line of the table and a list of its problems. */
import { controlFiles, judgeControls } from './controls.mjs';
import { skips } from './skips.mjs';

/** With fewer passed tests, a row proves too little. */
const leastPassed = 1_500;

const isControl = ({ file }) => controlFiles.includes(file);

/** `problems` are sentences; any problem fails the row. */
export function resultOf(
  { runtime, program, expectedFiles, isStrict },
  { files: reports, version, problems },
  seconds,
) {
  const files = reports.filter((report) => !isControl(report));
  const tests = files.flatMap(({ file, tests }) => tests.map((test) => ({ file, ...test })));
  const of = (state) => tests.filter((test) => test.state === state);
  const [passed, failed, skipped] = [of('passed'), of('failed'), of('skipped')];
  const missing = expectedFiles.filter((file) => !files.some((report) => report.file === file));
  const unlisted = skipped.filter(({ skip }) => skip === undefined);
  const unused = skips.filter(
    (skip, at) => skip.runtimes.includes(runtime.name) && !skipped.some((test) => test.skip === at),
  );
  return {
    files: files.length,
    passed: passed.length,
    failed: failed.length,
    skipped: skipped.length,
    registered: tests.length,
    seconds,
    failures: failed,
    skips: countBy(skipped, ({ skip }) => skips[skip]?.reason ?? 'skipped itself: something that it needs is missing'),
    problems: [
      ...problems,
      ...(version === program.version ? [] : [`the version is ${version}, not ${program.version}`]),
      ...(missing.length === 0 ? [] : [`${missing.length} files did not run: ${missing.slice(0, 3).join(', ')}`]),
      ...(passed.length < leastPassed ? [`${passed.length} tests passed, fewer than ${leastPassed}`] : []),
      ...unused.map(({ file, test }) => `a skip covers nothing: ${[file, test].filter(Boolean).join(' > ')}`),
      ...(isStrict ? unlisted.map(({ file, name }) => `skipped without a listed reason: ${file} > ${name}`) : []),
      ...judgeControls(reports).map((sentence) => `the runner did not notice: ${sentence}`),
    ],
  };
}

function countBy(values, keyOf) {
  const counts = new Map();
  for (const value of values) counts.set(keyOf(value), (counts.get(keyOf(value)) ?? 0) + 1);
  return counts;
}
