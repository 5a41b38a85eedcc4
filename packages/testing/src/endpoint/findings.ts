/** What cases have found of an endpoint, so that the reasons of later ones say nothing that is untrue by it. */

import type { CaseId } from './case-ids.ts';

/** What came of a case, as far as reasons depend on it. */
export interface Finding {
  /** Of all answers, in their order; 0 where there was none. */
  readonly statuses: readonly number[];
  /** How often the event took effect; undefined where nobody counts. */
  readonly effects: number | undefined;
  /** The same after the first answer. */
  readonly effectsBefore: number | undefined;
}

/** What the cases that were tried so far have found; a runner may leave out any. */
export type Findings = ReadonlyMap<CaseId, Finding>;
