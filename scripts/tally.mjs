// Prints how many tests passed, failed and were skipped in the last run; the last line is the tally.
//
// Fails if no test ran, if one failed, or, with CI=true, if a test was skipped that CI must not skip: a live test, or
// one that reports missing vectors (or a missing page) although the shared files are available.
// `--passed N --failed N` add the results of other checks.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    passed: { type: 'string', default: '0' },
    failed: { type: 'string', default: '0' },
    report: { type: 'string', default: `${root}.cache/vitest.json` },
    shared: { type: 'string', default: `${root}../shared` },
  },
});
/** Number of skipped titles to print; a filtered run skips hundreds. */
const mostTitles = 40;

const { testResults: files, onlyAlone = [] } = readReport();
const tests = files.flatMap((file) =>
  file.assertionResults.map(({ status, fullName }) => ({ status, title: fullName, file: relative(root, file.name) })),
);
const broken = files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
const passed = tests.filter(({ status }) => status === 'passed').length;
const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
const forbidden = skipped.filter(isForbidden);
const failed = tests.length - passed - skipped.length + broken.length;

for (const file of broken) console.log(`did not load: ${relative(root, file.name)}`);
for (const test of tests) if (test.status === 'failed') console.log(`failed: ${test.title} (${test.file})`);
for (const title of onlyAlone) console.log(`failed while other files ran, passed alone: ${title}`);
for (const test of skipped.slice(0, mostTitles)) console.log(`skipped: ${test.title} (${test.file})`);
if (skipped.length > mostTitles) console.log(`skipped: ${skipped.length - mostTitles} more`);
for (const test of forbidden) console.log(`must not be skipped here: ${test.title} (${test.file})`);
if (passed === 0) console.log('no test passed: the run was cut short, or nothing ran');

for (const line of vectorLines()) console.log(line);
const allFailed = failed + forbidden.length + Number(values.failed);
console.log(
  `${passed + Number(values.passed)} passed, ${allFailed} failed, ${skipped.length - forbidden.length} skipped`,
);
if (passed === 0 || allFailed > 0) process.exit(1);

/** One line for each sender and backend: the number of its published vectors that passed. */
function vectorLines() {
  const counts = new Map();
  for (const { title, status } of tests) {
    const found = /^the published vectors on (\S+) (accepts|refuses) ([a-z0-9-]+):/.exec(title);
    if (found === null) continue;
    const [, backend, verdict, sender] = found;
    const key = `${sender} on ${backend}`;
    const count = counts.get(key) ?? { accepts: 0, refuses: 0, failed: 0 };
    count[status === 'passed' ? verdict : 'failed']++;
    counts.set(key, count);
  }
  return [...counts]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(
      ([key, { accepts, refuses, failed: wrong }]) =>
        `published vectors of ${key}: ${accepts} accepted, ${refuses} refused as required${wrong > 0 ? `, ${wrong} WRONG` : ''}`,
    );
}

function readReport() {
  try {
    return JSON.parse(readFileSync(values.report, 'utf8'));
  } catch (error) {
    console.log(`no report of the tests: ${error.message}`);
    return { testResults: [] };
  }
}

function isForbidden({ title, file }) {
  const isLive = /\blive\b/i.test(title) || file.endsWith('.live.test.ts');
  const usesShared = /\bvectors?\b|\bis absent\b/i.test(title) && existsSync(values.shared);
  return isTrue(process.env.CI) && (isLive || usesShared);
}

function isTrue(text) {
  return text !== undefined && text !== '' && text !== '0' && text !== 'false';
}
