/** The options of the archive contract. */

import type { Archive, ArchiveOptions } from '@countersign/core';

/** An archive on its own connection, and a function that closes it. */
export interface ArchiveHandle {
  readonly archive: Archive;
  close?(): Promise<void> | void;
}

/** An entry as found directly in the backend, without the archive. */
export interface PeekedEntry {
  readonly outcome: string | undefined;
  readonly attempts: number;
  /** Undefined if it has none of its own, because several events share them. */
  readonly head: Uint8Array | undefined;
  readonly body: Uint8Array | undefined;
  readonly error: Uint8Array | undefined;
}

/** The columns that someone with access to the database may change. */
export interface AlteredEntry {
  readonly id?: string;
  readonly namespace?: string;
  readonly provider?: string;
  readonly tenant?: string;
  readonly identity?: string;
  readonly place?: number;
  readonly receivedAt?: number;
  readonly body?: Uint8Array;
  readonly head?: Uint8Array;
  readonly seal?: string;
  readonly outcome?: string;
  readonly expiresAt?: number;
}

export interface ArchiveContractOptions {
  /** Opens the archive with these options; each call on its own connection, all on the same data. */
  readonly make: (options: ArchiveOptions) => ArchiveHandle | Promise<ArchiveHandle>;
  /** Reads an entry directly from the backend, so that an archive cannot vouch for itself. */
  readonly peek: (id: string) => Promise<PeekedEntry | undefined>;
  /** Changes an entry directly in the backend. */
  readonly alter: (id: string, changes: AlteredEntry) => Promise<void>;
  /** Takes the backend down and brings it back. If given, nothing may be handled while it is down. */
  readonly outage?: { cut(): Promise<void>; restore(): Promise<void> };
}
