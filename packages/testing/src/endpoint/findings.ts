/** The findings of earlier cases about an endpoint, so that the reasons of later ones do not contradict them. */

import type { CaseId } from './case-ids.ts';

/** The parts of a case's result on which reasons depend. */
export interface Finding {
  /** Statuses of all responses, in order; 0 if there was none. */
  readonly statuses: readonly number[];
  /** Number of times that the event took effect; undefined if effects are not counted. */
  readonly effects: number | undefined;
  /** The same after the first response. */
  readonly effectsBefore: number | undefined;
}

/** The findings of the cases so far; a runner may leave out any case. */
export type Findings = ReadonlyMap<CaseId, Finding>;
