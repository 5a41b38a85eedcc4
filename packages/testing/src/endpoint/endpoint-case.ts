/**
 * A case of the endpoint contract: the deliveries it sends, the responses of a good endpoint, and the meaning of a
 * failure.
 */

import type { CaseId } from './case-ids.ts';
import type { EndpointSubject } from './endpoint-subject.ts';
import type { Finding, Findings } from './findings.ts';
import type { StatusRule, WebhookContractOptions } from './webhook-contract-options.ts';
import type { Answer } from './wire.ts';

/** One response, and the expected one. */
export interface Check {
  /** The delivery that was sent, to distinguish checks of one case: the beginning of a sentence, before a colon. */
  readonly what?: string;
  readonly answer: Answer;
  readonly rule: StatusRule;
}

/** The result of a case. */
export interface Trial {
  readonly checks: readonly Check[];
  /** Number of times that the event must have taken effect by now; several values if the endpoint may choose. */
  readonly effects?: { readonly id: string; readonly expected: readonly number[] };
  /** Number of effects after the first response; undefined if effects are not counted. */
  readonly effectsBefore?: number | undefined;
}

/** One case. */
export interface EndpointCase {
  readonly id: CaseId;
  readonly title: string;
  /** The same if effects are not counted, for a case whose statuses say something by themselves. */
  readonly titleWithoutEffects?: string;
  /** The fault of an endpoint that fails the case, and the fix. */
  readonly meaning: string;
  /** The same, if the findings of this or earlier cases give a more precise meaning. */
  closerMeaning?(finding: Finding, earlier: Findings): string | undefined;
  /**
   * True if any signature check refuses these deliveries, so that an endpoint without one fails for that reason alone.
   */
  readonly needsSignature?: boolean;
  /** True if statuses alone say nothing about the case: without `effects` it is not checked. */
  readonly needsEffects?: boolean;
  /** The reason why the case cannot be tried. */
  leftOut?(options: WebhookContractOptions): string | undefined;
  /** @param rule another response that is right for this endpoint */
  run(subject: EndpointSubject, rule: StatusRule | undefined): Promise<Trial>;
}
