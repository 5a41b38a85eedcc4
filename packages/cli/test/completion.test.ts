/** Completion scripts: bash really completes by its own; zsh and fish read theirs, where they are installed. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { registry } from '@countersign/providers/registry';
import { describe, expect, test } from 'vitest';
import { makeFolder, runHere, runProgram } from './run-cli.ts';

const { folder, write } = makeFolder();
const scriptOf = async (shell: string) => (await runHere(['completion', shell])).stdout;

/** What bash offers for the last of the words. */
async function completeByBash(...words: string[]): Promise<readonly string[]> {
  const script = `source ${write(await scriptOf('bash'), 'completion.bash')}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _countersign; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['-c', script, 'bash', 'countersign', ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  return output.split('\n').filter((line) => line !== '');
}

describe('bash completes', () => {
  test('commands and subcommands', async () => {
    expect(await completeByBash('')).toEqual([
      'providers',
      'verify',
      'doctor',
      'add',
      'types',
      'migrate',
      'sign',
      'send',
      'listen',
      'contract',
      'simulate',
      'archive',
      'completion',
      'help',
    ]);
    expect(await completeByBash('ver')).toEqual(['verify']);
    expect(await completeByBash('providers', '')).toEqual(['list', 'show', 'events', 'sample', 'help']);
    expect(await completeByBash('--json', 'ver')).toEqual(['verify']);
  });

  test('options, those of the program among them', async () => {
    const options = await completeByBash('verify', '--');
    expect(options).toEqual(expect.arrayContaining(['--provider', '--raw', '--secret-file', '--json', '--help']));
    expect(await completeByBash('verify', '--secret-')).toEqual(['--secret-env', '--secret-file']);
  });

  test('ids of providers', async () => {
    expect(await completeByBash('verify', '--provider', '')).toEqual([...registry.keys()]);
    expect(await completeByBash('verify', '--provider', 'str')).toEqual(['stripe']);
    // As readline hands over --provider=str.
    expect(await completeByBash('verify', '--provider', '=', 'str')).toEqual(['stripe']);
    expect(await completeByBash('verify', '--raw', 'x', '--provider', 'gith')).toEqual(['github']);
    expect(await completeByBash('providers', 'show', 'stri')).toEqual(['stripe']);
    expect(await completeByBash('add', 'stri')).toEqual(['stripe']);
  });

  test('choices, files, and nothing where anything can stand', async () => {
    expect(await completeByBash('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await completeByBash('providers', 'list', '--kind', 'a')).toEqual(['asks']);
    write('', 'a request.http');
    expect(await completeByBash('verify', '--raw', 'a req')).toEqual(['a request.http']);
    expect(await completeByBash('verify', '--at', '')).toEqual([]);
    expect(await completeByBash('add', 'stripe', '--framework', 'ne')).toEqual(['nest', 'next']);
    expect(await completeByBash('doctor', '--pro')).toEqual(['--provider', '--project']);
    mkdirSync(join(folder, 'a project'));
    expect(await completeByBash('doctor', '--project', 'a pro')).toEqual(['a project']);
  });
});

test.each(['bash', 'zsh', 'fish'])('the script for %s names each command and each provider', async (shell) => {
  const { stdout, stderr, code } = await runProgram(['completion', shell]);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  for (const word of ['providers', 'show', 'verify', 'secret-env', ...registry.keys()]) expect(stdout).toContain(word);
  const { script } = JSON.parse((await runHere(['completion', shell, '--json'])).stdout);
  expect(script).toBe(stdout);
});

const checks = [
  ['bash', '-n'],
  ['zsh', '-n'],
  ['fish', '--no-execute'],
] as const;
const installed = checks.filter(([shell]) => spawnSync(shell, ['--version']).error === undefined);

test.each(installed)('%s finds nothing wrong with its script', async (shell, flag) => {
  const { status, stderr } = spawnSync(shell, [flag, write(await scriptOf(shell))], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
