/** A server on which the adapter contract is run. */

import type { AdapterContractOptions, MountedApp } from '@countersign/testing';

/** One column of the table. */
export interface AdapterServer extends AdapterContractOptions {
  readonly name: string;
  readonly mount: () => Promise<MountedApp>;
  /** The reason why it cannot run on this machine. */
  readonly missing?: string | undefined;
}
