// A reporter for vitest: writes down in the file that COUNTERSIGN_FAILURES names what the JSON report omits: the number of failures outside of
// tests, and the files in which a hook failed.
import { writeFileSync } from 'node:fs';

export default class FailureReporter {
  onTestRunEnd(modules, errors) {
    const file = process.env.COUNTERSIGN_FAILURES;
    if (file === undefined) return;
    const hooks = modules.filter(hasFailedHook).map((module) => [module.moduleId, module.project.name]);
    writeFileSync(file, JSON.stringify({ unhandled: errors.length, hooks }));
  }
}

function hasFailedHook(module) {
  return module.errors().length > 0 || [...module.children.allSuites()].some((suite) => suite.errors().length > 0);
}
