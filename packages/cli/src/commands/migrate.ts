/** `countersign migrate`: rewrites calls of other verification libraries, where that is certain. */

import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { CliFailure, exitCodes } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { printable } from '../frame/output.ts';
import { isRewrite } from '../migrating/found-call.ts';
import { lineChanges } from '../migrating/line-changes.ts';
import { type MigratedFile, migrateFiles, packagesOf } from '../migrating/migrate-files.ts';

interface MigrateOptions {
  readonly dryRun?: boolean;
}

const help = `
It rewrites these calls to receiver.verify(), and leaves the rest of the file as it is:
  stripe                   stripe.webhooks.constructEvent(), constructEventAsync()
  svix, standardwebhooks   new Webhook(secret).verify()
  @octokit/webhooks        webhooks.verify(), verifyAndReceive(), createNodeMiddleware() in Express
  @clerk/*                 verifyWebhook()

Only calls that can be rewritten with certainty are; each of the others is printed with its place and what to do, and stays as it is. Tests,
node_modules and build output are left out. Commit your work first, and run your own formatter afterwards.

Exit codes:
  0  no call is left
  1  calls are left for you
  2  a file cannot be read or written

Examples:
  $ countersign migrate --dry-run
  $ countersign migrate src/webhooks
  $ countersign migrate apps/api apps/web --json`;

/** Adds `migrate`. */
export function addMigrate(program: Command, frame: Frame): void {
  program
    .command('migrate')
    .description('rewrite calls of other verification libraries to Countersign')
    .argument('[file...]', 'files and folders; default: the current folder')
    .option('--dry-run', 'print the changes and write nothing')
    .addHelpText('after', help)
    .action((paths: readonly string[], options: MigrateOptions) => migrate(frame, paths, options));
}

async function migrate(frame: Frame, paths: readonly string[], { dryRun = false }: MigrateOptions): Promise<void> {
  const { surroundings, output } = frame;
  const { files, notes } = await migrateFiles(surroundings.folder, paths.length === 0 ? ['.'] : paths);
  const changed = files.filter(({ before, after }) => before !== after);
  if (!dryRun) for (const file of changed) await replaceText(file);
  const all = files.flatMap((file) => file.calls.map((call) => ({ file: file.name, ...call })));
  const rewritten = all.filter(({ outcome }) => isRewrite(outcome));
  const left = all.flatMap(({ file, line, what, outcome }) =>
    'left' in outcome ? [{ file, line, what, fix: outcome.left }] : [],
  );
  if (left.length > 0) frame.exitCode = exitCodes.refused;
  const packages = packagesOf(rewritten.flatMap(({ outcome }) => (isRewrite(outcome) ? [outcome] : [])));
  const result = {
    written: !dryRun && changed.length > 0,
    rewritten: rewritten.map(({ file, line, what }) => ({ file, line, what })),
    left,
    changes: changed.map(({ name, before, after }) => ({ file: name, lines: lineChanges(before, after) })),
    packages,
    notes,
  };
  const { colors } = output;
  output.show(result, () => [
    ...(dryRun ? changed.flatMap((file) => diffLines(file, frame)) : []),
    ...rewritten.map(
      ({ file, line, what }) =>
        `${colors.green(dryRun ? 'would rewrite' : 'rewrote')} ${printable(file)}:${line} ${what}`,
    ),
    ...left.map(
      ({ file, line, what, fix }) => `${colors.yellow('left')} ${printable(file)}:${line} ${what}: ${printable(fix)}`,
    ),
    ...notes.map((note) => `note: ${note}`),
    ...(all.length === 0 ? ['no calls of other verification libraries were found.'] : []),
    ...(packages.length === 0 ? [] : ['', `Install: npm install ${packages.join(' ')}`]),
  ]);
}

/** Leaves a byte order mark, and a file that has changed since it was read. */
async function replaceText({ path, name, before, after }: MigratedFile): Promise<void> {
  try {
    const now = await readFile(path, 'utf8');
    const mark = now.startsWith('\ufeff') ? '\ufeff' : '';
    if (now.slice(mark.length) !== before)
      throw new CliFailure('file_unwritable', `${printable(name)} has changed while it was read; run this again.`);
    await writeFile(path, mark + after);
  } catch (cause) {
    if (cause instanceof CliFailure) throw cause;
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new CliFailure('file_unwritable', `cannot write ${printable(name)}: the system says ${code}.`, { cause });
  }
}

function diffLines({ name, before, after }: MigratedFile, { output: { colors } }: Frame): string[] {
  return [
    colors.bold(printable(name)),
    ...lineChanges(before, after).flatMap(({ line, removed, added }) => [
      `@@ line ${line}`,
      ...removed.map((text) => colors.red(`- ${printable(text.replaceAll('\t', '  '))}`)),
      ...added.map((text) => colors.green(`+ ${printable(text.replaceAll('\t', '  '))}`)),
    ]),
    '',
  ];
}
