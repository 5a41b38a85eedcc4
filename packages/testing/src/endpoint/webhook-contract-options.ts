/** The options of the endpoint contract, and its results. */

import type { Provider, ReplayTolerance } from '@countersign/core';
import type { ContractRunner } from '../contract-runner.ts';
import type { SigningOptions } from '../signing/signing-options.ts';
import type { CaseId } from './case-ids.ts';
import type { ContractTarget } from './endpoint-app.ts';

/** The rule for a response. `accepted`: 2xx. `refused`: 4xx. `not_2xx`: anything but success, including no response. */
export type StatusRule = 'accepted' | 'refused' | 'not_2xx' | 'any' | number | readonly number[];

/** Makes the handler behind the endpoint fail or hang, until it is switched off. */
export type Switch = (isOn: boolean) => void | Promise<void>;

/** Options of {@link webhookContract} and {@link runWebhookContract}. */
export interface WebhookContractOptions
  extends Pick<SigningOptions, 'secret' | 'privateKey' | 'keyId' | 'claims' | 'headers'> {
  readonly provider: Provider;
  readonly target: ContractTarget;
  /** The path of the endpoint inside an app. Default `/`. */
  readonly path?: string;
  /** The public URL, if the sender signs it and it differs from the target's. */
  readonly url?: string;
  /** A second secret that the endpoint must also accept during a rotation. Without it that case is left out. */
  readonly previousSecret?: string | Uint8Array;
  /** The event type, for apps that only handle some types. Default: the first with a sample, or the first of all. */
  readonly type?: string;
  /** A body that your app understands, with this id where the sender puts it. Default: the sample of the type, or a small event. */
  readonly body?: (id: string) => string | object;
  /**
   * Returns how often the handler has taken effect for the event with this id. Without it, only statuses are judged,
   * and the cases about effects (replays, duplicates, concurrent copies, retries) are not checked: an endpoint that
   * runs every copy responds like one that runs none twice.
   */
  readonly effects?: (id: string) => number | Promise<number>;
  /** Makes the handler throw. Without it, the cases about a retry after a failure are left out. */
  readonly failing?: Switch;
  /** Makes the handler hang. Without it that case is left out. */
  readonly hanging?: Switch;
  /** The replay window of the endpoint, in seconds. Default: the provider's own, or 300. */
  readonly toleranceSeconds?: number | ReplayTolerance;
  /** A larger body must be refused. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Maximum time for one response, in seconds. Default 10. */
  readonly timeoutSeconds?: number;
  /** A different response that is right for this endpoint, or, as `{ leftOut }`, the reason why a case is left out. */
  readonly expect?: { readonly [Id in CaseId]?: StatusRule | { readonly leftOut: string } };
  /** `describe` and `it`. Default: the test runner's globals. */
  readonly runner?: ContractRunner;
}

/** The result of one case. */
export interface CaseResult {
  readonly id: CaseId;
  /** The behaviour of a good endpoint, as a sentence. */
  readonly title: string;
  /** `not_checked`: the responses are right, but they say nothing about the subject of the case. */
  readonly verdict: 'holds' | 'falls_short' | 'not_checked' | 'left_out';
  /** The expected and the found result; for a case that is left out or not checked, the reason. */
  readonly detail?: string;
  /**
   * The fault of the endpoint, as far as the case shows it, and the fix. Undefined if an earlier case has already said
   * it: an endpoint that checks no signature at all fails many cases.
   */
  readonly meaning?: string;
  readonly milliseconds: number;
}

/** The results of all cases. */
export interface ContractReport {
  readonly provider: string;
  readonly results: readonly CaseResult[];
  readonly holds: number;
  readonly fallShort: number;
  readonly notChecked: number;
  readonly leftOut: number;
}
