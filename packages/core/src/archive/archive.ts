/** The contract between a receiver and the archive that keeps its deliveries. */

import type { SealOptions } from '../stored/seal.ts';

/**
 * The outcome of an archived event.
 *
 * `open`: none is known yet: it is being handled, its process died, or its outcome could not be written.
 * `no_handler`: it was acknowledged because none of the handlers is for its type. `dead_lettered`: it failed too often.
 * `rejected`: its payload does not fit the schema, or a service was unavailable.
 */
export type ArchiveOutcome = 'open' | 'handled' | 'stale' | 'failed' | 'rejected' | 'dead_lettered' | 'no_handler';

/** An archived event, without its bytes. */
export interface ArchiveEntry {
  /** The key of the event's identity. */
  readonly id: string;
  readonly namespace: string;
  readonly provider: string;
  readonly tenant: string | undefined;
  /** The event's type and the sender's id, at most 150 characters. */
  readonly type: string | undefined;
  readonly eventId: string | undefined;
  /** The time when the event first arrived. */
  readonly receivedAt: Date;
  /** The time when it last arrived. */
  readonly lastReceivedAt: Date;
  /** The number of times that the sender sent it. */
  readonly deliveries: number;
  readonly outcome: ArchiveOutcome;
  /** The number of times that a handler ran, as far as it was recorded. */
  readonly attempts: number;
  /** The bytes of the body; in a batch, of the whole delivery. */
  readonly bodyBytes: number;
  /** The place in a batch; undefined for a delivery with one event. */
  readonly place: number | undefined;
  /** The number of replays that have ended, and the last one that has begun. */
  readonly replays: number;
  readonly replayedAt: Date | undefined;
  readonly replayedBy: string | undefined;
  readonly replayOutcome: string | undefined;
  /** The place in the order of the archive, for `after`. */
  readonly cursor: string;
}

/** An archived event with the last error of its handler: name and message, at most 500 characters. */
export interface ArchiveEntryDetails extends ArchiveEntry {
  readonly error: string | undefined;
}

/** The entries to list. All conditions must hold. */
export interface ArchiveFilter {
  /** The namespace of the receiver. Required, so that nothing of another endpoint is listed. */
  readonly namespace: string;
  readonly provider?: string;
  /** Only events of this tenant. Without it, and without `allTenants`, only events that have no tenant. */
  readonly tenant?: string;
  /** True for the events of all tenants. */
  readonly allTenants?: boolean;
  readonly type?: string;
  readonly outcome?: ArchiveOutcome | readonly ArchiveOutcome[];
  /** Only events that first arrived at this time or later. */
  readonly since?: Date;
  /** Only events that first arrived before this time. */
  readonly until?: Date;
}

/** The part of a list to read. */
export interface ArchiveListOptions extends ArchiveFilter {
  /**
   * The `next` of the page before, or `start`. With it, only entries that are older than a few seconds
   * (`settleSeconds`) are listed, so that none that was written at the same time is ever missed. Without it, the list
   * begins at the oldest entry and includes the newest.
   */
  readonly after?: string;
  /** 1 to 1 000. Default 100. */
  readonly limit?: number;
}

/** One page of a list, oldest first. */
export interface ArchivePage {
  readonly entries: readonly ArchiveEntry[];
  /** The cursor for the next page. Keep it, and ask again later if the page is empty. */
  readonly next: string;
}

/** The entries to remove. */
export interface PruneOptions extends Partial<ArchiveFilter> {
  /** Removes entries that first arrived before this time, instead of those whose retention has ended. Needs `namespace`. */
  readonly before?: Date;
  /** Maximum number of entries removed in one step. 1 to 10 000. Default 200. */
  readonly limit?: number;
}

/** A new entry, as a backend stores it. Texts are ASCII. */
export interface NewEntry {
  readonly id: string;
  readonly namespace: string;
  readonly provider: string;
  readonly tenant: string | undefined;
  readonly type: string | undefined;
  readonly eventId: string | undefined;
  readonly identity: string;
  readonly place: number | undefined;
  /** Milliseconds since 1970, on the receiver's clock. */
  readonly receivedAt: number;
  readonly bodyBytes: number;
  readonly seal: string;
  /** The entry with the bytes, if several events share them; otherwise undefined. */
  readonly bytesIn: string | undefined;
}

/** The bytes of a delivery, encrypted if the archive encrypts. */
export interface StoredBytes {
  readonly head: Uint8Array;
  readonly body: Uint8Array;
}

/** A filter as a backend gets it. Texts are ASCII. */
export interface EntryQuery {
  readonly namespace: string;
  readonly provider: string | undefined;
  /** null: only entries without a tenant. undefined: any. */
  readonly tenant: string | null | undefined;
  readonly type: string | undefined;
  readonly outcomes: readonly ArchiveOutcome[] | undefined;
  readonly since: number | undefined;
  readonly until: number | undefined;
}

/** A stored entry. */
export interface StoredEntry extends Omit<NewEntry, 'seal' | 'bytesIn'> {
  /** Milliseconds since 1970, on the backend's clock. With `id`, the order of entries. */
  readonly position: number;
  readonly lastReceivedAt: number;
  readonly deliveries: number;
  readonly outcome: ArchiveOutcome;
  readonly attempts: number;
  readonly replays: number;
  readonly replayedAt: number | undefined;
  readonly replayedBy: string | undefined;
  readonly replayOutcome: string | undefined;
  /** True if no entry that is written from now on can come before it. */
  readonly isSettled: boolean;
}

/** A stored entry with everything that a replay needs. */
export interface FoundEntry {
  readonly entry: StoredEntry;
  readonly seal: string;
  readonly head: Uint8Array | undefined;
  readonly body: Uint8Array | undefined;
  readonly error: Uint8Array | undefined;
}

/** The result of one run. */
export interface EntryNote {
  /** Never replaces `handled` or `stale`. undefined: stays as it is. */
  readonly outcome: ArchiveOutcome | undefined;
  /** Added to the number of attempts. */
  readonly ran: 0 | 1;
  /** Replaces the last error. */
  readonly error: Uint8Array | undefined;
  /** Set at the begin and at the end of a replay. */
  readonly replay?:
    | { readonly by: string }
    /** `counts`: adds one to the number of replays. */
    | { readonly outcome: string; readonly counts: boolean };
}

/**
 * The steps of an archive's backend. Each is one atomic step in its own transaction.
 */
export interface ArchiveMethods {
  /** True if only this process sees its entries. */
  readonly local?: boolean;
  /**
   * Adds an entry. If there is one with its id, adds a delivery to that instead, and moves it to the end of the order if
   * it is open: its first attempt may have ended before it could be listed.
   */
  add(entry: NewEntry, bytes: StoredBytes | undefined, retentionSeconds: number): Promise<void>;
  /** Adds the bytes that several entries share, under an id of their own that is never listed. */
  addBytes(id: string, receivedAt: number, bytes: StoredBytes, retentionSeconds: number): Promise<void>;
  /** Adds a delivery to an entry; false if there is none. */
  touch(id: string, receivedAt: number): Promise<boolean>;
  /** Moves an entry to the end of the order. */
  move(id: string): Promise<void>;
  note(id: string, note: EntryNote): Promise<void>;
  find(id: string, namespace: string, provider: string): Promise<FoundEntry | undefined>;
  list(
    query: EntryQuery,
    page: {
      readonly after: { readonly position: number; readonly id: string } | undefined;
      readonly limit: number;
      /** The age from which an entry counts as settled, in seconds. */
      readonly settleSeconds: number;
      readonly settledOnly: boolean;
    },
  ): Promise<readonly StoredEntry[]>;
  /** Removes entries whose retention has ended, or all that match; at most `limit`. Returns how many. */
  remove(query: EntryQuery | undefined, limit: number): Promise<number>;
}

/** The options that all archives have. */
export interface ArchiveOptions {
  /** The keys of the seals. Default: derived from the receiver's shared secrets, if these are known when it is built. */
  readonly seal?: SealOptions;
  /** Time for which an event is kept, in seconds. Default 30 days; at least as long as the sender retries. */
  readonly retentionSeconds?: number;
  /**
   * Encrypts what is stored of a delivery: its body, its head and the error of its handler. Type, id and tenant stay
   * readable, because lists filter by them. Needs `decrypt`.
   */
  readonly encrypt?: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  /** Decrypts what `encrypt` returned. */
  readonly decrypt?: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  /** The age from which an entry is listed with `after`, in seconds; see {@link ArchiveListOptions}. Default 5. */
  readonly settleSeconds?: number;
  /** Maximum time for one step of the archive, in seconds. Above 0, up to 60; default 5. */
  readonly timeoutSeconds?: number;
}

/** An archive carries its code under this name; the same in every copy of this package (ESM and CJS). */
export const archiveKey: unique symbol = Symbol.for('countersign.archive');

/** Keeps verified deliveries as bytes, so that they can be listed and run again. */
export interface Archive {
  /** Lists entries, oldest first, in a stable order. @throws archive_unavailable, options_invalid */
  list(options: ArchiveListOptions): Promise<ArchivePage>;
  /**
   * Removes entries in one bounded step, and returns how many; call it until it returns 0.
   *
   * @throws archive_unavailable, options_invalid
   */
  prune(options?: PruneOptions): Promise<number>;
  readonly [archiveKey]: { readonly version: number };
}
