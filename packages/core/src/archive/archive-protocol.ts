/** The code that an archive provides to a receiver. An app without an archive does not bundle it. */

import type { CheckedDedupe } from '../claims/dedupe-options.ts';
import type { AnyEvent, EventContext } from '../event/event.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import type { Handler } from '../handling/handler.ts';
import type { Outcome } from '../handling/outcome.ts';
import { type Archive, type ArchiveEntry, type ArchiveEntryDetails, archiveKey } from './archive.ts';

/** Increased when these calls change, since archive and receiver may come from two copies of this package. */
export const archiveVersion = 1;

/** The receiver of an archive. */
export interface ArchivingReceiver {
  readonly context: EventContext;
  readonly dedupe: CheckedDedupe | undefined;
  /** True if the app itself named the namespace. */
  readonly isNamed: boolean;
  /** Prints a failure that changes no response. */
  readonly print: (line: string, cause: unknown) => void;
}

/** Options of a replay. */
export interface ReplayOptions {
  /**
   * True to run an event that is done once more. It runs under a key of its own, so that its record stays as it is.
   * Default false: the outcome is then `duplicate`.
   */
  readonly again?: boolean;
  /** True if `ordering` applies, so that an event older than one that was handled is `stale`. Default false. */
  readonly ordering?: boolean;
  /** Who replays it, for the archive. At most 150 characters. */
  readonly by?: string;
  /** Refuses an event of another tenant as unknown. */
  readonly tenant?: string;
}

/** Runs a handler for an event, with these options for claims. */
export type RunArchived = (event: VerifiedEvent, handler: Handler, dedupe: CheckedDedupe) => Promise<Outcome>;

/** The archive of one receiver. */
export interface ReceiverArchive {
  /** Writes the events of one delivery, before any of them runs. @throws archive_unavailable */
  keep(events: readonly VerifiedEvent[]): Promise<void>;
  /**
   * Writes the outcome of an event. Never rejects.
   *
   * @param how `left`: there was no handler for its type. `late`: it is the end of a run whose outcome was written before
   */
  note(event: VerifiedEvent, outcome: Outcome, how?: 'left' | 'late'): Promise<void>;
  /** The methods of the receiver that are about its archive. */
  readonly methods: ArchiveAccess<VerifiedEvent, Handler>;
}

/** The methods of a receiver that are about its archive. */
export interface ArchiveAccess<Event extends AnyEvent, Handles> {
  /**
   * Runs the handler for an event of the receiver's `archive`, once more or for the first time.
   *
   * The event is claimed like a delivery: while it is being handled, the outcome is `in_flight`, and if it is done,
   * `duplicate`, unless `again` is true. A row that was changed is refused (`entry_altered`). A failure does not go to
   * `deadLetter`. Never rejects: every failure is an outcome.
   *
   * @param entry an entry of the archive, or its id
   *
   * @example
   * const { entries } = await archive.list({ namespace: 'billing', outcome: 'failed' });
   * for (const entry of entries) await receiver.replay(entry, handlers, { by: 'ann' });
   */
  replay(entry: ArchivedEvent, handle: Handles, options?: ReplayOptions): Promise<Outcome<Event>>;
  /**
   * Returns an event of the receiver's `archive` without running anything, for programs that read events.
   *
   * @throws entry_unknown, entry_altered, archive_unavailable
   */
  readArchived(entry: ArchivedEvent): Promise<Event>;
  /**
   * Returns what the receiver's `archive` knows about an event, with the last error of its handler.
   *
   * @throws entry_unknown, entry_altered, archive_unavailable
   */
  archivedEntry(entry: ArchivedEvent): Promise<ArchiveEntryDetails>;
}

/** An entry of the archive, or its id. */
export type ArchivedEvent = Pick<ArchiveEntry, 'id'> | string;

/** Called with the outcome of a replay. */
export type TellOutcome = (outcome: Outcome) => Outcome;

export interface ArchiveProtocol {
  readonly version: number;
  /** @throws options_invalid, secret_invalid */
  open(receiver: ArchivingReceiver, run: RunArchived, tell: TellOutcome): ReceiverArchive;
}

/** The protocol in an archive; undefined for anything else. */
export function archiveProtocolOf(archive: Archive): ArchiveProtocol | undefined {
  const protocol = (archive as Partial<Archive> | null)?.[archiveKey] as Partial<ArchiveProtocol> | undefined;
  return protocol?.version === archiveVersion ? (protocol as ArchiveProtocol) : undefined;
}
