/** What the handling of verified events goes by: the part of a receiver's options that outlives the verdict. */

import type { Warn } from '../claims/check-store.ts';
import type { StandardSchemaV1 } from '../event/standard-schema.ts';
import type { Provider } from '../provider/provider.ts';
import type { Outcome } from './outcome.ts';

/** The options with every default filled in. */
export interface HandlingPolicy {
  readonly provider: Provider;
  readonly clock: (() => Date) | undefined;
  /** How long a handler may take, in seconds. */
  readonly handlerTimeoutSeconds: number;
  readonly schemas: ReadonlyMap<string, StandardSchemaV1>;
  readonly warn: Warn;
  /** Told what became of an event whose outcome was given out at the deadline. */
  readonly reportLate: (outcome: Outcome) => void;
}
