/** What the contract of endpoints is told, and what comes of it. */

import type { Provider, ReplayTolerance } from '@countersign/core';
import type { ContractRunner } from '../contract-runner.ts';
import type { SigningOptions } from '../signing/signing-options.ts';
import type { CaseId } from './case-ids.ts';
import type { ContractTarget } from './endpoint-app.ts';

/** How an answer is judged. `accepted`: 2xx. `refused`: 4xx. `not_2xx`: anything but success, an end without an answer too. */
export type StatusRule = 'accepted' | 'refused' | 'not_2xx' | 'any' | number | readonly number[];

/** Makes the handler behind the endpoint fail or hang, until it is told to stop. */
export type Switch = (isOn: boolean) => void | Promise<void>;

/** Options of {@link webhookContract} and {@link runWebhookContract}. */
export interface WebhookContractOptions
  extends Pick<SigningOptions, 'secret' | 'privateKey' | 'keyId' | 'claims' | 'headers'> {
  readonly provider: Provider;
  readonly target: ContractTarget;
  /** The path of the endpoint inside an app. Default `/`. */
  readonly path?: string;
  /** The public address, where the sender signs it and it is not that of the target. */
  readonly url?: string;
  /** A second secret that the endpoint has to accept too, while it is replaced. Without it that case is left out. */
  readonly previousSecret?: string | Uint8Array;
  /** The event's type, for apps that handle some only. */
  readonly type?: string;
  /** A body your app understands, with this id where the sender has it. Default: a small event. */
  readonly body?: (id: string) => string | object;
  /**
   * How often the handler has taken effect for the event of this id. Without it, statuses alone are judged, and the cases that are
   * about effects (replays, duplicates, copies at once, retries) are not checked: an endpoint that runs every copy answers as well as one
   * that runs none twice.
   */
  readonly effects?: (id: string) => number | Promise<number>;
  /** Makes the handler throw. Without it, the cases of a retry after a failure are left out. */
  readonly failing?: Switch;
  /** Makes the handler hang. Without it that case is left out. */
  readonly hanging?: Switch;
  /** The replay window of the endpoint, in seconds. Default: the provider's own, or 300. */
  readonly toleranceSeconds?: number | ReplayTolerance;
  /** A body above this has to be refused. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Longest time for one answer, in seconds. Default 10. */
  readonly timeoutSeconds?: number;
  /** What another answer than the contract's is right for this endpoint, or, as text, why a case is left out. */
  readonly expect?: { readonly [Id in CaseId]?: StatusRule | { readonly leftOut: string } };
  /** `describe` and `it`. Default: those of the test runner, where they are global. */
  readonly runner?: ContractRunner;
}

/** What became of one case. */
export interface CaseResult {
  readonly id: CaseId;
  /** What a good endpoint does, as a sentence. */
  readonly title: string;
  /** `not_checked`: the answers are right, and they do not show what the case is about. */
  readonly verdict: 'holds' | 'falls_short' | 'not_checked' | 'left_out';
  /** What was expected and what was found; for a case that is left out or not checked, why. */
  readonly detail?: string;
  /**
   * What is wrong with the endpoint, as far as the case tells, and what to do. Undefined where an earlier case has said it already: an
   * endpoint that checks no signature at all falls short of many.
   */
  readonly meaning?: string;
  readonly milliseconds: number;
}

/** What became of all cases. */
export interface ContractReport {
  readonly provider: string;
  readonly results: readonly CaseResult[];
  readonly holds: number;
  readonly fallShort: number;
  readonly notChecked: number;
  readonly leftOut: number;
}
