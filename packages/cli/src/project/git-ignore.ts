/** Asks git whether it would commit a file with secrets. Nothing from the repository's own configuration is run. */

import { execFile } from 'node:child_process';
import { posix } from 'node:path';
import { filesWithSecrets } from './environment-files.ts';
import type { Finding } from './finding.ts';
import type { Project } from './project-files.ts';

/** secrets_file_not_ignored, secrets_file_committed; and notes about checks that could not be made. */
export async function findOpenFiles(
  project: Project,
  folder: string,
): Promise<{ readonly findings: readonly Finding[]; readonly notes: readonly string[] }> {
  const files = filesWithSecrets(project);
  if (files.length === 0) return { findings: [], notes: [] };
  const inside = await git(folder, ['rev-parse', '--is-inside-work-tree']);
  if (inside === 'missing')
    return { findings: [], notes: ['git is not installed, so ignored files were not checked.'] };
  if (inside !== 0) return { findings: [], notes: [] };
  const findings: Finding[] = [];
  for (const { file, line } of files) {
    const name = posix.basename(file);
    const at = { file, line, certainty: 'found' } as const;
    if ((await git(folder, ['ls-files', '--error-unmatch', '--', file])) === 0) {
      const fix = `Replace its secrets at their senders, then: git rm --cached ${file}, and add ${name} to .gitignore.`;
      findings.push({
        ...at,
        rule: 'secrets_file_committed',
        what: `${file} contains secrets and is committed to git.`,
        fix,
      });
    } else if ((await git(folder, ['check-ignore', '--quiet', '--', file])) === 1) {
      const what = `${file} contains secrets and git does not ignore it: the next git add will include it.`;
      findings.push({ ...at, rule: 'secrets_file_not_ignored', what, fix: `Add ${name} to .gitignore.` });
    }
  }
  return { findings, notes: [] };
}

function git(folder: string, words: readonly string[]): Promise<number | 'missing'> {
  // A repository can name a program that git runs to watch files.
  const flags = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '--no-optional-locks'];
  return new Promise((resolve) => {
    execFile('git', [...flags, ...words], { cwd: folder, timeout: 10_000 }, (error) => {
      if (error === null) resolve(0);
      else if ((error as NodeJS.ErrnoException).code === 'ENOENT') resolve('missing');
      else resolve(typeof error.code === 'number' ? error.code : 128);
    });
  });
}
