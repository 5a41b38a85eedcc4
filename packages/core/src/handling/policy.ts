/** The policy for handling verified events: the receiver's options that still matter after the verdict. */

import type { Warn } from '../claims/check-store.ts';
import type { StandardSchemaV1 } from '../event/standard-schema.ts';
import type { Provider } from '../provider/provider.ts';
import type { Outcome } from './outcome.ts';

/** The options with all defaults filled in. */
export interface HandlingPolicy {
  readonly provider: Provider;
  readonly clock: (() => Date) | undefined;
  /** Maximum run time of a handler, in seconds. */
  readonly handlerTimeoutSeconds: number;
  readonly schemas: ReadonlyMap<string, StandardSchemaV1>;
  readonly warn: Warn;
  /** Called with the later outcome of an event whose outcome was reported at the deadline. */
  readonly reportLate: (outcome: Outcome) => void;
}
