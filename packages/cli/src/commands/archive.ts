/** `countersign archive`: lists archived events, shows one, runs them again, and removes old ones. */

import {
  type ArchiveEntry,
  type ArchiveEntryDetails,
  type ArchiveFilter,
  type ArchiveOutcome,
  type Handle,
  isWebhookError,
  type Outcome,
} from '@countersign/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type AppReceiver, addModuleOptions, loadApp, type ModuleOptions } from '../flags/app-module.ts';
import { parseCount } from '../flags/target.ts';
import { CliFailure, exitCodes } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { columns, printable } from '../frame/output.ts';
import { parseTime } from '../frame/time.ts';

const outcomes = ['open', 'handled', 'stale', 'failed', 'rejected', 'dead_lettered', 'no_handler'] as const;

interface FilterOptions extends ModuleOptions {
  readonly type?: string;
  readonly outcome?: readonly ArchiveOutcome[];
  readonly since?: Date;
  readonly until?: Date;
  readonly tenant?: string;
  readonly allTenants?: boolean;
}

interface ListOptions extends FilterOptions {
  readonly after?: string;
  readonly limit?: number;
}

interface ReplayOptions extends FilterOptions {
  readonly handlers: string;
  readonly again?: boolean;
  readonly ordering?: boolean;
  readonly by?: string;
  readonly limit: number;
  readonly rate?: number;
  readonly stopAfter: number;
  readonly dryRun?: boolean;
}

interface PruneOptions extends FilterOptions {
  readonly before?: Date;
  readonly dryRun?: boolean;
}

const help = `
The module is a file of your app that exports the receiver, and for replay the handlers, and that starts no server:
  export const receiver = createReceiver({ ..., archive, dedupe: { store, namespace: 'billing' } });
  export const handlers = { 'invoice.paid': async (event) => {} };
  export const close = () => pool.end();   // optional, called at the end
Only events of this receiver's namespace and provider are listed, and run. No secret, signature or body is printed, except the body with show --body.

A replay claims the event as a delivery does, so it may run while the app is running: an event that is being handled, or is done, does not
run twice. Run the command again after an interruption: what is done is not listed by the same filter any more.

Exit codes:
  0  done; each event that was to run has been handled
  1  an event failed or was refused, or none matches
  2  it could not run: wrong usage, a module that cannot be loaded, an archive that does not answer

Examples:
  $ countersign archive list --module dist/webhooks.js --outcome failed --since 2h
  $ countersign archive list --module dist/webhooks.js --after start --limit 1000 --json
  $ countersign archive show <id> --module dist/webhooks.js
  $ countersign archive replay <id> --module dist/webhooks.js --handlers handlers
  $ countersign archive replay --module dist/webhooks.js --handlers handlers --outcome failed --since 2h --dry-run
  $ countersign archive replay --module dist/webhooks.js --handlers handlers --outcome dead_lettered --rate 20 --limit 2000
  $ countersign archive prune --module dist/webhooks.js --before 30d --outcome handled`;

/** Adds `archive`. */
export function addArchive(program: Command, frame: Frame): void {
  const archive = program
    .command('archive')
    .description('list archived events, show one, run them again, remove old ones')
    .addHelpText('after', help);
  addFilterOptions(archive.command('list').description('list events, oldest first'), frame)
    .option('--after <cursor>', 'only entries after this cursor, or start; prints the next one')
    .option('--limit <number>', 'the largest number of entries, up to 1000; default 100', parseCount)
    .addHelpText('after', help)
    .action((options: ListOptions) => list(frame, options));
  addModuleOptions(archive.command('show').description('show one event without its body').argument('<id>', 'its id'))
    .option('--body', 'print its body, byte by byte, and nothing else')
    .addHelpText('after', help)
    .action((id: string, options: ModuleOptions & { readonly body?: boolean }) => show(frame, id, options));
  addFilterOptions(
    archive
      .command('replay')
      .description('run events again')
      .argument('[id...]', 'ids; default: all that match the filter'),
    frame,
  )
    .requiredOption('--handlers <export>', 'the export of the module with the handler, or with handlers by type')
    .option('--again', 'run events that are done once more')
    .option('--ordering', 'skip events that are older than one that was handled')
    .option('--by <name>', 'who replays, for the archive; default the user of this machine')
    .option('--limit <number>', 'the largest number of events; default 1000', parseCount, 1000)
    .option('--rate <number>', 'the largest number of events a second; default no limit', parseCount)
    .option('--stop-after <number>', 'stop after so many failures one after the other; default 20', parseCount, 20)
    .option('--dry-run', 'list what would run, and run nothing')
    .addHelpText('after', help)
    .action((ids: readonly string[], options: ReplayOptions) => replay(frame, ids, options));
  addFilterOptions(archive.command('prune').description('remove what has expired, or what is old'), frame)
    .addOption(
      new Option(
        '--before <time>',
        'remove entries that arrived before this time, or longer ago, such as 30d',
      ).argParser((text) => parseSince(text, frame)),
    )
    .option('--dry-run', 'with --before: count what would be removed, and remove nothing')
    .addHelpText('after', help)
    .action((options: PruneOptions) => prune(frame, options));
}

function addFilterOptions(command: Command, frame: Frame): Command {
  const time = (text: string) => parseSince(text, frame);
  return addModuleOptions(command)
    .option('--type <type>', 'only events of this type')
    .addOption(
      new Option(
        '--outcome <outcome>',
        `only events with this outcome; may be repeated: ${outcomes.join(', ')}`,
      ).argParser((text, before: readonly string[] | undefined) => {
        if (!(outcomes as readonly string[]).includes(text))
          throw new InvalidArgumentError(`Expected one of ${outcomes.join(', ')}.`);
        return [...(before ?? []), text];
      }),
    )
    .addOption(new Option('--since <time>', 'only events that arrived since: 2h, 3d, or a time').argParser(time))
    .addOption(new Option('--until <time>', 'only events that arrived before').argParser(time))
    .option('--tenant <name>', 'only events of this tenant')
    .option('--all-tenants', 'events of all tenants; without it, only those without a tenant');
}

/** A time, or how long ago it is: `90s`, `15m`, `2h`, `3d`. @throws InvalidArgumentError */
function parseSince(text: string, frame: Frame): Date {
  const ago = /^([1-9]\d{0,5})([smhd])$/.exec(text);
  if (ago === null) return parseTime(text, frame);
  const seconds = { s: 1, m: 60, h: 3600, d: 86_400 }[ago[2] as 's'];
  return new Date(frame.surroundings.clock().getTime() - Number(ago[1]) * seconds * 1000);
}

/** Runs a command on the app's module, and ends what the module has opened. */
async function withApp(options: ModuleOptions, frame: Frame, work: (app: AppReceiver) => Promise<void>): Promise<void> {
  const app = await loadApp(options, frame);
  try {
    await work(app);
  } finally {
    await app.close().catch((cause: unknown) => frame.output.warn(`close() of the module failed: ${String(cause)}`));
    frame.surroundings.leave?.();
  }
}

function filterOf(app: AppReceiver, options: FilterOptions): ArchiveFilter {
  const { type, outcome, since, until, tenant, allTenants } = options;
  return {
    namespace: app.namespace,
    provider: app.provider,
    ...(type !== undefined && { type }),
    ...(outcome !== undefined && { outcome }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(tenant !== undefined && { tenant }),
    ...(allTenants === true && { allTenants }),
  };
}

const list = (frame: Frame, options: ListOptions) =>
  withApp(options, frame, async (app) => {
    const { after, limit } = options;
    const page = await app.archive.list({
      ...filterOf(app, options),
      ...(after !== undefined && { after }),
      ...(limit !== undefined && { limit }),
    });
    if (page.entries.length === 0 && after === undefined) frame.exitCode = exitCodes.refused;
    await noteTenants(frame, app, options, page.entries);
    frame.output.show({ entries: page.entries.map(dataOf), next: page.next }, () => [
      ...page.entries.map(lineOf),
      `${page.entries.length} events${page.entries.length === (limit ?? 100) ? `; more with --after ${page.next}` : ''}`,
    ]);
  });

/** Someone with tenants who names none sees nothing, and should know why. */
async function noteTenants(
  frame: Frame,
  app: AppReceiver,
  options: FilterOptions,
  found: readonly unknown[],
): Promise<void> {
  if (found.length > 0 || options.tenant !== undefined || options.allTenants === true) return;
  const all = await app.archive.list({ ...filterOf(app, options), allTenants: true, limit: 1 });
  if (all.entries.length > 0)
    frame.output.warn('there are events of tenants: name one with --tenant, or use --all-tenants.');
}

const show = (frame: Frame, id: string, options: ModuleOptions & { readonly body?: boolean }) =>
  withApp(options, frame, async (app) => {
    const entry = await detailsOf(app, id);
    if (options.body === true) {
      const { body } = await app.receiver.readArchived(id);
      frame.surroundings.stdout.write(body);
      return;
    }
    frame.output.show(dataOf(entry), () => linesOf(entry));
  });

/** Reads it as a replay would, so that a row that was changed is found here. */
async function detailsOf(app: AppReceiver, id: string): Promise<ArchiveEntryDetails> {
  return app.receiver.archivedEntry(id);
}

const replay = (frame: Frame, ids: readonly string[], options: ReplayOptions) =>
  withApp(options, frame, async (app) => {
    const { outcome, again } = options;
    if (ids.length === 0 && outcome === undefined)
      throw new CliFailure(
        'usage',
        'name ids, or the outcome of the events to run: --outcome failed. Nothing runs without one.',
      );
    if (ids.length === 0 && outcome?.includes('handled') && again !== true)
      throw new CliFailure('usage', 'events that are handled run again only with --again.');
    if (app.store.local === true)
      throw new CliFailure(
        'module_unusable',
        'the store of this receiver is in the memory of the app, so a replay here would not know what the app has done. Call receiver.replay() in the app, or use a shared store.',
      );
    const handlers = app.handlers(options.handlers);
    const summary = new Summary();
    for await (const entry of chosen(app, ids, options)) {
      if (options.dryRun === true) summary.add({ id: entry.id, kind: 'would_run' }, entry);
      else {
        summary.add(await runOne(app, entry.id, handlers, options, frame), entry);
        if (summary.failedInARow >= options.stopAfter) {
          frame.output.warn(
            `stopped after ${summary.failedInARow} failures one after the other. Is something down? Run the command again later.`,
          );
          summary.isStopped = true;
          break;
        }
        if (options.rate !== undefined) await new Promise((done) => setTimeout(done, 1000 / (options.rate as number)));
      }
    }
    if (summary.results.length === 0) await noteTenants(frame, app, options, []);
    if (!summary.isGood(options)) frame.exitCode = exitCodes.refused;
    frame.output.show(summary.data(), () => summary.lines(options));
  });

/** The events of ids, or those that match, oldest first. */
async function* chosen(
  app: AppReceiver,
  ids: readonly string[],
  options: ReplayOptions,
): AsyncGenerator<Pick<ArchiveEntry, 'id'> & Partial<ArchiveEntry>> {
  if (ids.length > 0) {
    for (const id of ids) yield { id };
    return;
  }
  let left = options.limit;
  let after = 'start';
  while (left > 0) {
    const page = await app.archive.list({ ...filterOf(app, options), after, limit: Math.min(left, 100) });
    if (page.entries.length === 0) return;
    yield* page.entries;
    left -= page.entries.length;
    after = page.next;
  }
}

interface Result {
  readonly id: string;
  readonly kind: Outcome['kind'] | 'would_run';
  readonly code?: string;
  readonly error?: string;
}

async function runOne(
  app: AppReceiver,
  id: string,
  handlers: Handle,
  options: ReplayOptions,
  frame: Frame,
): Promise<Result> {
  const { env } = frame.surroundings;
  const by = options.by ?? env.USER ?? env.USERNAME ?? 'unknown';
  const { again, ordering, tenant } = options;
  const outcome = await app.receiver.replay(id, handlers, {
    by: `${by} (command line)`,
    ...(again !== undefined && { again }),
    ...(ordering !== undefined && { ordering }),
    ...(tenant !== undefined && { tenant }),
  });
  if (outcome.kind === 'rejected')
    return { id, kind: 'rejected', code: outcome.error.code, error: printable(outcome.error.message) };
  if (outcome.kind === 'failed') return { id, kind: 'failed', error: printable(errorText(outcome.cause)) };
  return { id, kind: outcome.kind };
}

function errorText(cause: unknown): string {
  return (isWebhookError(cause) || cause instanceof Error ? cause.message : String(cause)).slice(0, 300);
}

/** The results of one command. */
class Summary {
  readonly results: Result[] = [];
  readonly #lines: string[] = [];
  failedInARow = 0;
  isStopped = false;

  add(result: Result, entry: Partial<ArchiveEntry>): void {
    this.results.push(result);
    const isBad = result.kind === 'failed' || result.kind === 'rejected';
    this.failedInARow = isBad ? this.failedInARow + 1 : 0;
    const { type = '', eventId = '' } = entry;
    const what = [result.kind, result.id, printable(type), printable(eventId), result.error ?? ''];
    this.#lines.push(what.filter((part) => part !== '').join('  '));
  }

  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { kind } of this.results) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  isGood({ dryRun }: ReplayOptions): boolean {
    const good = dryRun === true ? 'would_run' : 'handled';
    return this.results.length > 0 && !this.isStopped && this.results.every(({ kind }) => kind === good);
  }

  data(): object {
    return { events: this.results.length, ...this.counts(), stopped: this.isStopped, results: this.results };
  }

  lines({ dryRun, limit }: ReplayOptions): string[] {
    const parts = Object.entries(this.counts()).map(([kind, count]) => `${count} ${kind}`);
    const what = dryRun === true ? 'events would run' : 'events';
    const more = this.results.length === limit ? '; there may be more than --limit' : '';
    const summary = `${this.results.length} ${what}${parts.length === 0 || dryRun === true ? '' : `: ${parts.join(', ')}`}${more}`;
    return [...this.#lines, summary];
  }
}

const prune = (frame: Frame, options: PruneOptions) =>
  withApp(options, frame, async (app) => {
    const { before, dryRun } = options;
    if (before === undefined && (options.type ?? options.outcome ?? options.tenant ?? options.allTenants) !== undefined)
      throw new CliFailure('usage', 'a filter needs --before; without it, everything that has expired is removed.');
    if (options.until !== undefined) throw new CliFailure('usage', 'use --before instead of --until.');
    if (dryRun === true) {
      if (before === undefined) throw new CliFailure('usage', '--dry-run needs --before.');
      const count = await countBefore(app, options, before);
      frame.output.show({ wouldRemove: count }, () => [`${count} events would be removed`]);
      return;
    }
    const given = before === undefined ? {} : { ...filterOf(app, options), before };
    let removed = 0;
    for (let last = 1; last > 0; removed += last) last = await app.archive.prune(given);
    frame.output.show({ removed }, () => [`${removed} events removed`]);
  });

async function countBefore(app: AppReceiver, options: PruneOptions, before: Date): Promise<number> {
  let count = 0;
  for (let after = 'start'; ; ) {
    const page = await app.archive.list({ ...filterOf(app, options), until: before, after, limit: 1000 });
    if (page.entries.length === 0) return count;
    count += page.entries.length;
    after = page.next;
  }
}

function dataOf(entry: ArchiveEntry | ArchiveEntryDetails): object {
  return Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, value === undefined ? null : value]));
}

function lineOf({ id, receivedAt, outcome, attempts, type, eventId, tenant }: ArchiveEntry): string {
  const parts = [receivedAt.toISOString(), outcome.padEnd(13), `${attempts}×`, id, type, eventId, tenant];
  return parts.flatMap((part) => (part === undefined ? [] : printable(part))).join('  ');
}

function linesOf(entry: ArchiveEntryDetails): string[] {
  const shown = Object.entries(entry).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name, printable(value instanceof Date ? value.toISOString() : String(value))] as const];
  });
  return columns(shown);
}
