/** Reads the options of presets that need them, given as `--option name=value`. */

import { exampleAnswers, presetArgument, presetQuestions } from '@countersign/providers/tools/preset-questions';
import { CliFailure } from '../frame/failure.ts';
import { findNearest, suggestion } from '../frame/nearest-name.ts';
import { printable } from '../frame/output.ts';

/** The argument of a preset, from `name=value` options. @throws CliFailure usage */
export function parsePresetOptions(id: string, given: readonly string[]): unknown {
  const questions = presetQuestions(id);
  const answers: Record<string, string> = {};
  for (const text of given) {
    const at = text.indexOf('=');
    if (at < 1) throw new CliFailure('usage', 'expected --option name=value.');
    const name = text.slice(0, at);
    const question = questions.find((one) => one.name === name);
    if (question === undefined) {
      const names = questions.map((one) => one.name);
      const near = suggestion(findNearest(name, names));
      throw new CliFailure(
        'usage',
        `${id} has no option ${printable(name)}.${near} Its options are ${names.join(', ')}.`,
      );
    }
    if (Object.hasOwn(answers, name))
      throw new CliFailure('usage', `--option ${name} is given twice; separate list items with commas.`);
    answers[name] = text.slice(at + 1);
  }
  const missing = questions.filter(({ name, isRequired }) => isRequired && !Object.hasOwn(answers, name));
  if (missing.length > 0) {
    const wanted = missing.map(({ name, what, example }) => `--option ${name}=${example} (${what})`);
    throw new CliFailure('usage', `${id} needs facts that its sender leaves open: ${wanted.join(', ')}.`);
  }
  return presetArgument(id, answers);
}

/** The examples of the required options, as they would be given. */
export function exampleOptions(id: string): readonly string[] {
  return Object.entries(exampleAnswers(id)).map(([name, example]) => `${name}=${example}`);
}
