/** The code that tools write for a user, for every sender in every framework, against the types of the real packages. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Provider } from '@countersign/core';
import { nodeFacts } from '@countersign/http/facts';
import { registry } from '@countersign/providers/registry';
import { exampleAnswers, presetArgument, presetQuestions } from '@countersign/providers/tools/preset-questions';
import { receiverCode } from '@countersign/providers/tools/receiver-code';
import { expect, it } from 'vitest';
import { frameworks } from '../src/frameworks.ts';

const directory = new URL('../.cache/receiver-code/', import.meta.url);
const compiler = fileURLToPath(new URL('../../../node_modules/typescript-7/bin/tsc', import.meta.url));
const base = fileURLToPath(new URL('../../../tsconfig.base.json', import.meta.url));

/** What the compiler says of a set of modules. */
function compile(modules: Readonly<Record<string, string>>): string {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const compilerOptions = { moduleDetection: 'force', noUnusedLocals: true };
  writeFileSync(
    new URL('tsconfig.json', directory),
    JSON.stringify({ extends: base, compilerOptions, include: ['*.ts'] }),
  );
  for (const [name, code] of Object.entries(modules)) writeFileSync(new URL(`${name}.ts`, directory), code);
  const { stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', fileURLToPath(directory)], {
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`.trim();
}

async function providerOf(id: string, answers = exampleAnswers(id)): Promise<Provider> {
  const loaded = await registry.get(id)?.load();
  return typeof loaded === 'function' ? loaded(presetArgument(id, answers)) : (loaded as Provider);
}

it('compiles for every sender in every framework', async () => {
  const modules: Record<string, string> = {};
  for (const { id, kind } of registry.values()) {
    if (kind === 'unverifiable') continue;
    const provider = await providerOf(id);
    for (const framework of frameworks.filter(({ code }) => code !== undefined))
      modules[`${id}-${framework.id}`] = receiverCode({ id, provider, framework, answers: exampleAnswers(id) });
  }
  expect(Object.keys(modules).length).toBeGreaterThan(750);
  expect(compile(modules)).toBe('');
}, 120_000);

it('compiles with every question answered, and with quotes and line breaks in the answers', async () => {
  const modules: Record<string, string> = {};
  for (const { id, kind } of registry.values()) {
    if (kind !== 'asks') continue;
    const questions = presetQuestions(id);
    const answers = Object.fromEntries(questions.map(({ name, example }) => [name, example]));
    modules[id] = receiverCode({ id, provider: await providerOf(id), framework: nodeFacts, answers });
  }
  const hostile = `'); process.exit(1); //\\ "\n\u2028`;
  const webhookId = { webhookId: hostile };
  modules.hostile = receiverCode({
    id: 'paypal',
    provider: await providerOf('paypal'),
    framework: nodeFacts,
    answers: webhookId,
  });
  expect(modules.hostile.split('\n').filter((line) => line.includes('process.exit'))).toHaveLength(1);
  expect(compile(modules)).toBe('');
}, 60_000);

it('would not compile with a wrong name or option: the control', () => {
  const code = "import { stripes } from '@countersign/providers/stripe';\nconsole.log(stripes);\n";
  expect(compile({ wrong: code })).toContain("has no exported member named 'stripes'");
}, 60_000);
