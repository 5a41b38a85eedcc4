/** Archives that look right and are not, as people write them. The contract must not let them pass. */

import {
  type Archive,
  type ArchiveMethods,
  type ArchiveOptions,
  defineArchive,
  type EntryQuery,
  type NewEntry,
  type StoredBytes,
  type StoredEntry,
} from '@countersign/core';

/** A row of an archive in memory. */
export interface MemoryRow extends Omit<StoredEntry, 'isSettled'> {
  readonly seal: string;
  readonly bytesIn: string | undefined;
  readonly bytes: StoredBytes | undefined;
  readonly error: Uint8Array | undefined;
  readonly expiresAt: number;
}

/** Correct steps in memory, to take one thing away from. */
export function memorySteps(rows: Map<string, MemoryRow>): ArchiveMethods {
  const change = (id: string, changes: Partial<MemoryRow>) => {
    const row = rows.get(id);
    if (row !== undefined) rows.set(id, { ...row, ...changes });
    return row !== undefined;
  };
  let last = 0;
  const nextPosition = () => {
    last = Math.max(last + 1, Date.now());
    return last;
  };
  const rowOf = (entry: NewEntry, bytes: StoredBytes | undefined, seconds: number): MemoryRow => ({
    ...entry,
    bytes,
    error: undefined,
    position: nextPosition(),
    lastReceivedAt: entry.receivedAt,
    deliveries: 1,
    outcome: 'open',
    attempts: 0,
    replays: 0,
    replayedAt: undefined,
    replayedBy: undefined,
    replayOutcome: undefined,
    expiresAt: Date.now() + seconds * 1000,
  });
  const matches = (row: MemoryRow, query: EntryQuery) =>
    row.namespace === query.namespace &&
    (query.provider === undefined || row.provider === query.provider) &&
    (query.tenant === undefined || row.tenant === (query.tenant ?? undefined)) &&
    (query.type === undefined || row.type === query.type) &&
    (query.outcomes?.includes(row.outcome) ?? true) &&
    row.receivedAt >= (query.since ?? -Infinity) &&
    row.receivedAt < (query.until ?? Infinity);
  const isLive = ({ expiresAt }: MemoryRow) => expiresAt > Date.now();
  const steps: ArchiveMethods = {
    local: true,
    async add(entry, bytes, seconds) {
      const known = rows.get(entry.id);
      if (known === undefined) rows.set(entry.id, rowOf(entry, bytes, seconds));
      else {
        await steps.touch(entry.id, entry.receivedAt);
        if (known.outcome === 'open') await steps.move(entry.id);
      }
    },
    async addBytes(id, receivedAt, bytes, seconds) {
      const none = {
        provider: '#',
        tenant: undefined,
        type: undefined,
        eventId: undefined,
        identity: '#',
        place: undefined,
      };
      const entry = { id, namespace: '#', receivedAt, bodyBytes: 0, seal: '', bytesIn: undefined, ...none };
      rows.set(id, rowOf(entry, bytes, seconds));
    },
    touch: async (id, receivedAt) =>
      change(id, { deliveries: (rows.get(id)?.deliveries ?? 0) + 1, lastReceivedAt: receivedAt }),
    move: async (id) => void change(id, { position: nextPosition() }),
    async note(id, { outcome, ran, error, replay }) {
      const row = rows.get(id);
      if (row === undefined) return;
      const isFinal = row.outcome === 'handled' || row.outcome === 'stale';
      change(id, {
        attempts: row.attempts + ran,
        ...(error !== undefined && { error }),
        ...(outcome !== undefined && !isFinal && { outcome }),
        ...(replay !== undefined &&
          'by' in replay && { replayedBy: replay.by, replayedAt: Date.now(), replayOutcome: undefined }),
        ...(replay !== undefined &&
          'outcome' in replay && { replayOutcome: replay.outcome, replays: row.replays + (replay.counts ? 1 : 0) }),
      });
    },
    async find(id, namespace, provider) {
      const row = rows.get(id);
      if (row === undefined || row.namespace !== namespace || row.provider !== provider || !isLive(row))
        return undefined;
      const bytes = row.bytesIn === undefined ? row.bytes : rows.get(row.bytesIn)?.bytes;
      return {
        entry: { ...row, isSettled: true },
        seal: row.seal,
        head: bytes?.head,
        body: bytes?.body,
        error: row.error,
      };
    },
    async list(query, { after, limit, settleSeconds, settledOnly }) {
      const isSettled = ({ position }: MemoryRow) => position <= Date.now() - settleSeconds * 1000;
      return [...rows.values()]
        .filter((row) => matches(row, query) && isLive(row) && (!settledOnly || isSettled(row)))
        .filter(
          ({ position, id }) =>
            after === undefined || position > after.position || (position === after.position && id > after.id),
        )
        .sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1))
        .slice(0, limit)
        .map((row) => ({ ...row, isSettled: isSettled(row) }));
    },
    async remove(query, limit) {
      const found = [...rows.values()].filter((row) => (query === undefined ? !isLive(row) : matches(row, query)));
      for (const { id } of found.slice(0, limit)) rows.delete(id);
      return Math.min(found.length, limit);
    },
  };
  return steps;
}

/** One mistake each. */
export const naiveArchives: Readonly<Record<string, (steps: ArchiveMethods) => ArchiveMethods>> = {
  'forgets what it knew when an event comes again': (steps) => ({
    ...steps,
    async add(entry, bytes, seconds) {
      await steps.note(entry.id, { outcome: 'open', ran: 0, error: undefined });
      const known = await steps.find(entry.id, entry.namespace, entry.provider);
      if (known !== undefined) await steps.remove({ ...all(entry), type: entry.type }, 1000);
      await steps.add(entry, bytes, seconds);
    },
  }),
  'keeps bodies as text': (steps) => ({
    ...steps,
    add: (entry, bytes, seconds) =>
      steps.add(entry, bytes && { ...bytes, body: Buffer.from(Buffer.from(bytes.body).toString()) }, seconds),
  }),
  'finds an entry by its id alone': (steps) => {
    const scopes = new Map<string, readonly [string, string]>();
    return {
      ...steps,
      add(entry, bytes, seconds) {
        scopes.set(entry.id, [entry.namespace, entry.provider]);
        return steps.add(entry, bytes, seconds);
      },
      find: (id, ...scope) => steps.find(id, ...(scopes.get(id) ?? scope)),
    };
  },
  'compares names without case': (steps) => ({
    ...steps,
    async list(query, page) {
      const entries = await steps.list({ ...query, tenant: undefined }, { ...page, limit: 1000 });
      const wanted = query.tenant?.toLowerCase();
      return entries
        .filter(({ tenant }) => query.tenant === undefined || tenant?.toLowerCase() === wanted)
        .slice(0, page.limit);
    },
  }),
  'lists everything if no tenant is named': (steps) => ({
    ...steps,
    list: (query, page) => steps.list({ ...query, tenant: query.tenant ?? undefined }, page),
  }),
  'pages by time, with its last entry left out': (steps) => ({
    ...steps,
    list: (query, page) =>
      steps.list(query, { ...page, after: page.after && { position: page.after.position + 3, id: '' } }),
  }),
  'lists what has expired': (steps) => {
    const removed = new Map<string, StoredEntry>();
    return {
      ...steps,
      async list(query, page) {
        const found = await steps.list(query, page);
        for (const entry of found) removed.set(entry.id, entry);
        return [...removed.values()].filter(({ namespace }) => namespace === query.namespace).slice(0, page.limit);
      },
    };
  },
  'removes everything at once': (steps) => ({ ...steps, remove: (query) => steps.remove(query, 1_000_000) }),
  'counts more than it removed': (steps) => ({
    ...steps,
    async remove(query, limit) {
      const removed = await steps.remove(query, limit);
      return removed + (query === undefined ? 0 : 1);
    },
  }),
  'replaces the outcome of a handled event': (steps) => ({
    ...steps,
    note: (id, note) => steps.note(id, { ...note, outcome: note.outcome === 'handled' ? 'failed' : note.outcome }),
  }),
  'forgets to count replays': (steps) => ({
    ...steps,
    note: (id, { replay, ...note }) =>
      steps.note(
        id,
        replay !== undefined && 'outcome' in replay
          ? { ...note, replay: { ...replay, counts: false } }
          : { ...note, ...(replay && { replay }) },
      ),
  }),
  'stores the bytes of a batch with each of its events': (steps) => {
    let shared: StoredBytes | undefined;
    return {
      ...steps,
      async addBytes(_id, _receivedAt, bytes) {
        shared = bytes;
      },
      add: (entry, bytes, seconds) => steps.add({ ...entry, bytesIn: undefined }, bytes ?? shared, seconds),
    };
  },
};

const all = ({ namespace, provider }: NewEntry): EntryQuery => ({
  namespace,
  provider,
  tenant: undefined,
  type: undefined,
  outcomes: undefined,
  since: undefined,
  until: undefined,
});

/** An archive that writes an event after its handler, as a log would be. */
export function writtenAfter(steps: ArchiveMethods, options: ArchiveOptions): Archive {
  const waiting = new Map<string, () => Promise<void>>();
  return defineArchive(
    {
      ...steps,
      async add(...given) {
        waiting.set(given[0].id, () => steps.add(...given));
      },
      async note(id, note) {
        await waiting.get(id)?.();
        waiting.delete(id);
        await steps.note(id, note);
      },
    },
    options,
  );
}
