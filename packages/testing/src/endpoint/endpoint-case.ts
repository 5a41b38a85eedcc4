/** What a case of the contract of endpoints is: what is sent, what a good endpoint answers, what it means if not. */

import type { CaseId } from './case-ids.ts';
import type { EndpointSubject } from './endpoint-subject.ts';
import type { Finding, Findings } from './findings.ts';
import type { StatusRule, WebhookContractOptions } from './webhook-contract-options.ts';
import type { Answer } from './wire.ts';

/** One answer, and what it ought to be. */
export interface Check {
  /** What was sent, to tell checks of one case apart: the beginning of a sentence that goes on with a colon. */
  readonly what?: string;
  readonly answer: Answer;
  readonly rule: StatusRule;
}

/** What came of a case. */
export interface Trial {
  readonly checks: readonly Check[];
  /** How often the event must have taken effect by now; several for an endpoint that may choose. */
  readonly effects?: { readonly id: string; readonly expected: readonly number[] };
  /** How often it had taken effect after the first answer; undefined where nobody counts. */
  readonly effectsBefore?: number | undefined;
}

/** One case. */
export interface EndpointCase {
  readonly id: CaseId;
  readonly title: string;
  /** The same where nobody counts effects, for a case whose statuses say something by themselves. */
  readonly titleWithoutEffects?: string;
  /** What an endpoint does wrong that falls short, and what to do about it. */
  readonly meaning: string;
  /** The same where what was found here, or by earlier cases, tells it more exactly. */
  closerMeaning?(finding: Finding, earlier: Findings): string | undefined;
  /** Whether any check of the signature refuses what is sent here, so that an endpoint without one falls short by that alone. */
  readonly needsSignature?: boolean;
  /** Whether statuses alone say nothing of what the case is about: without `effects` it is not checked. */
  readonly needsEffects?: boolean;
  /** Why the case cannot be tried. */
  leftOut?(options: WebhookContractOptions): string | undefined;
  /** @param rule another answer that is right for this endpoint */
  run(subject: EndpointSubject, rule: StatusRule | undefined): Promise<Trial>;
}
