/** Makes an archive from the steps of its backend, and adds the code that receivers need. */

import { optionError, positiveSeconds, requireKnownNames, wholeNumber } from '../options/option-values.ts';
import {
  type Archive,
  type ArchiveFilter,
  type ArchiveListOptions,
  type ArchiveMethods,
  type ArchiveOptions,
  type ArchiveOutcome,
  archiveKey,
  type EntryQuery,
  type PruneOptions,
} from './archive.ts';
import { archiveVersion } from './archive-protocol.ts';
import { cursorOf, entryOf, firstCursor, parseCursor } from './entry.ts';
import { keptLabel, keptName } from './kept-text.ts';
import { archiveStep, type CheckedArchive, openArchive } from './opened-archive.ts';

type OpenedFor = Parameters<typeof openArchive> extends [unknown, ...infer Rest] ? Rest : never;

const month = 2_592_000;
const year = 31_536_000;
const outcomes = new Set<ArchiveOutcome>([
  'open',
  'handled',
  'stale',
  'failed',
  'rejected',
  'dead_lettered',
  'no_handler',
]);
const filterNames = ['namespace', 'provider', 'tenant', 'allTenants', 'type', 'outcome', 'since', 'until'] as const;
const listNames = new Set([...filterNames, 'after', 'limit']);
const pruneNames = new Set([...filterNames, 'before', 'limit']);
const same = (bytes: Uint8Array) => bytes;

/**
 * Makes an archive from the steps of a backend of your own. Test them with `archiveContract` from
 * `@countersign/testing`.
 *
 * @param at the name of the archive in errors
 *
 * @example
 * const archive = defineArchive(archiveSteps, { retentionSeconds: 604_800 }, 'myArchive');
 *
 * @throws options_invalid
 */
export function defineArchive(methods: ArchiveMethods, options: ArchiveOptions = {}, at = 'archive'): Archive {
  const { seal, encrypt, decrypt } = options;
  if ((encrypt === undefined) !== (decrypt === undefined))
    throw optionError(`${at}.${encrypt === undefined ? 'encrypt' : 'decrypt'}`, 'Set both encrypt and decrypt.');
  for (const [name, value] of Object.entries({ encrypt, decrypt }))
    if (value !== undefined && typeof value !== 'function') throw optionError(`${at}.${name}`, 'Expected a function.');
  if (seal !== undefined && (typeof seal !== 'object' || seal === null || seal.keys === undefined))
    throw optionError(
      `${at}.seal`,
      'Expected { keys }. Is the environment variable missing, or does it have another name?',
    );
  const checked: CheckedArchive = {
    methods,
    at,
    seal,
    retentionSeconds: wholeNumber(`${at}.retentionSeconds`, options.retentionSeconds, 60, 10 * year, month),
    encrypt: encrypt ?? same,
    decrypt: decrypt ?? same,
    settleSeconds:
      options.settleSeconds === 0 ? 0 : positiveSeconds(`${at}.settleSeconds`, options.settleSeconds, 3600, 5),
    timeoutSeconds: positiveSeconds(`${at}.timeoutSeconds`, options.timeoutSeconds, 60, 5),
  };
  return {
    async list(options: ArchiveListOptions) {
      requireKnownNames(options, listNames);
      const query = await queryOf(options);
      const settledOnly = options.after !== undefined;
      const after = settledOnly ? parseCursor(options.after) : undefined;
      const limit = wholeNumber('limit', options.limit, 1, 1000, 100);
      const { settleSeconds } = checked;
      const found = await archiveStep(checked, () => methods.list(query, { after, limit, settleSeconds, settledOnly }));
      const last = found.findLast(({ isSettled }) => isSettled);
      return {
        entries: found.map(entryOf),
        next: last === undefined ? (options.after ?? firstCursor) : cursorOf(last),
      };
    },
    async prune(options: PruneOptions = {}) {
      requireKnownNames(options, pruneNames);
      const { before, limit: given, namespace, ...rest } = options;
      const limit = wholeNumber('limit', given, 1, 10_000, 200);
      if (before === undefined) {
        const [name] = Object.keys({ ...rest, ...(namespace !== undefined && { namespace }) });
        if (name !== undefined)
          throw optionError(
            name,
            'Set before as well: without it, only entries whose retention has ended are removed.',
          );
        return archiveStep(checked, () => methods.remove(undefined, limit));
      }
      if (namespace === undefined) throw optionError('namespace', 'Set it together with before.');
      if (rest.until !== undefined) throw optionError('until', 'Set before instead.');
      const query = await queryOf({ ...rest, namespace, until: before });
      return archiveStep(checked, () => methods.remove(query, limit));
    },
    [archiveKey]: {
      version: archiveVersion,
      open: (...given: OpenedFor) => openArchive(checked, ...given),
    } as never,
  };
}

/** @throws options_invalid */
async function queryOf(filter: ArchiveFilter): Promise<EntryQuery> {
  const { namespace, provider, tenant, allTenants = false, type, outcome, since, until } = filter;
  for (const [name, value] of Object.entries({ namespace, provider, tenant, type }))
    if ((value !== undefined || name === 'namespace') && (typeof value !== 'string' || value === ''))
      throw optionError(name, 'Expected a non-empty string.');
  for (const [name, value] of Object.entries({ since, until }))
    if (value !== undefined && !(value instanceof Date && !Number.isNaN(value.getTime())))
      throw optionError(name, 'Expected a valid Date.');
  if (tenant !== undefined && allTenants) throw optionError('allTenants', 'Set either tenant or allTenants.');
  const chosen = outcome === undefined ? undefined : [outcome].flat();
  if (chosen?.some((one) => !outcomes.has(one)) || chosen?.length === 0)
    throw optionError('outcome', `Expected one of ${[...outcomes].join(', ')}, or a list of them.`);
  return {
    namespace: await keptName(namespace),
    provider,
    tenant: tenant !== undefined ? await keptName(tenant) : allTenants ? undefined : null,
    type: type === undefined ? undefined : keptLabel(type),
    outcomes: chosen,
    since: since?.getTime(),
    until: until?.getTime(),
  };
}
