/** Files that fail on purpose and run along with the tests: the runner must notice each, on every runtime. */

const folder = '.ci/runtime-suite/controls';

/** The expected reports about a file as a whole, if the names of its tests do not state them. */
const wholeFiles = {
  [`${folder}/broken.mjs`]: ['(the file)'],
  [`${folder}/empty.mjs`]: ['(the file)'],
  [`${folder}/late.mjs`]: ['(after the tests)'],
  [`${folder}/outcomes.mjs`]: [],
};

export const controlFiles = Object.keys(wholeFiles);

/** The failures that the runner did not notice, in sentences. */
export function judgeControls(reports) {
  return controlFiles.flatMap((file) => {
    const tests = reports.find((report) => report.file === file)?.tests;
    if (tests === undefined) return [`${file} did not run`];
    const expected = wholeFiles[file];
    const missed = expected.filter((name) => !tests.some((test) => test.name === name && test.state === 'failed'));
    const wrong = tests.filter(({ name, state }) => {
      const wanted = /(?:^| > )(passes|fails|skipped): /.exec(name)?.[1];
      if (wanted === undefined) return !expected.includes(name);
      return state !== { passes: 'passed', fails: 'failed', skipped: 'skipped' }[wanted];
    });
    return [
      ...missed.map((name) => `${file}: ${name} should have failed`),
      ...wrong.map(({ name, state, messages }) => `${file}: ${name}: ${state} ${messages?.[0] ?? ''}`),
    ];
  });
}
