/** A server that the contract of adapters is run on. */

import type { AdapterContractOptions, MountedApp } from '@countersign/testing';

/** One column of the table. */
export interface AdapterServer extends AdapterContractOptions {
  readonly name: string;
  readonly mount: () => Promise<MountedApp>;
  /** Why it cannot be run on this machine. */
  readonly missing?: string | undefined;
}
