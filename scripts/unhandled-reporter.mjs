// A reporter for vitest: leaves the file that COUNTERSIGN_UNHANDLED names if something failed outside of tests, which the JSON report omits.
import { writeFileSync } from 'node:fs';

export default class UnhandledReporter {
  onTestRunEnd(_modules, errors) {
    const file = process.env.COUNTERSIGN_UNHANDLED;
    if (file !== undefined && errors.length > 0) writeFileSync(file, String(errors.length));
  }
}
