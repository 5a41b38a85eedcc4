// Prints how many tests passed, failed and were skipped in the last run, and fails when none ran.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(new URL('../.cache/vitest.json', import.meta.url), 'utf8'));
const skipped = report.numPendingTests + report.numTodoTests;
const brokenFiles = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
for (const file of brokenFiles) console.log(`did not load: ${file.name}`);
console.log(
  `${report.numPassedTests} passed, ${report.numFailedTests + brokenFiles.length} failed, ${skipped} skipped`,
);
if (report.numPassedTests === 0 || report.numFailedTests > 0 || brokenFiles.length > 0) process.exit(1);
