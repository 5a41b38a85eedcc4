/** The contract of a webhook endpoint in any language, run as tests or as a report. */

import { WebhookError } from '@countersign/core';
import { ContractError, type ContractRunner, skip } from '../contract-runner.ts';
import { faultOf, isRight } from './answers.ts';
import type { Check, EndpointCase, Trial } from './endpoint-case.ts';
import { endpointCases } from './endpoint-cases.ts';
import { EndpointSubject } from './endpoint-subject.ts';
import { type Endpoint, openEndpoint } from './endpoint-target.ts';
import { meaningOf } from './meanings.ts';
import type { CaseResult, ContractReport, StatusRule, WebhookContractOptions } from './webhook-contract-options.ts';

const caseTimeoutMilliseconds = 120_000;

/**
 * Declares the contract as tests, one for each case.
 *
 * @example
 * webhookContract({ provider: stripe, secret, target: app, path: '/webhooks/stripe', effects: (id) => countOf(id) });
 *
 * @throws options_invalid if there is no test runner, and for names of cases that do not exist
 */
export function webhookContract(options: WebhookContractOptions): void {
  requireOptions(options);
  const runner = options.runner ?? globalRunner();
  const { describe, it } = runner;
  let opened: Promise<{ endpoint: Endpoint; subject: EndpointSubject }> | undefined;
  const tried = endpointCases.filter((one) => reasonToLeaveOut(one, options) === undefined);
  let left = tried.length;
  let refusal: string | undefined;
  describe(`the contract of webhooks from ${options.provider.title ?? options.provider.name}`, () => {
    for (const one of endpointCases) {
      const reason = reasonToLeaveOut(one, options);
      if (reason !== undefined) {
        skip(runner, `${one.title} (left out: ${reason})`);
        continue;
      }
      if (isUnseen(one, options)) skip(runner, `${one.title} (not checked: ${unseen})`);
      it(
        isUnseen(one, options) ? `the answers are right where ${one.title}` : titleOf(one, options),
        async () => {
          opened ??= open(options);
          const { endpoint, subject } = await opened;
          try {
            // A runner may repeat the first case, and then it counts.
            if (refusal !== undefined && one.id !== 'genuine') throw new ContractError(refusal);
            const { verdict, detail, meaning, ...rest } = await runCase(one, subject);
            if (one.id === 'genuine') refusal = refusalOfAll(rest);
            if (verdict === 'falls_short') throw new ContractError([detail, meaning ?? []].flat().join(' '));
          } finally {
            left -= 1;
            if (left === 0) await endpoint.close();
          }
        },
        caseTimeoutMilliseconds,
      );
    }
  });
}

/**
 * Runs the contract and returns a report; for tools, and for use without a test runner. Rejects for invalid options,
 * never for an endpoint that fails.
 *
 * @example
 * const report = await runWebhookContract({ provider: stripe, secret, target: 'http://localhost:3000/webhooks/stripe' });
 * if (report.fallShort > 0) console.log(report.results.filter(({ verdict }) => verdict === 'falls_short'));
 *
 * @param onResult called with each case as it ends
 */
export async function runWebhookContract(
  options: WebhookContractOptions,
  onResult: (result: CaseResult) => void = () => undefined,
): Promise<ContractReport> {
  requireOptions(options);
  const { endpoint, subject } = await open(options);
  const results: CaseResult[] = [];
  let refusal: string | undefined;
  try {
    for (const one of endpointCases) {
      const { refused, ...result } =
        refusal === undefined ? await runCase(one, subject) : untold(one, options, refusal);
      refusal ??= refusalOfAll({ refused });
      results.push(result);
      onResult(result);
    }
  } finally {
    await endpoint.close();
  }
  const count = (verdict: CaseResult['verdict']) => results.filter((result) => result.verdict === verdict).length;
  return {
    provider: options.provider.name,
    results,
    holds: count('holds'),
    fallShort: count('falls_short'),
    notChecked: count('not_checked'),
    leftOut: count('left_out'),
  };
}

async function open(options: WebhookContractOptions) {
  const endpoint = await openEndpoint(options.target, options.path ?? '/', options.timeoutSeconds ?? 10);
  return { endpoint, subject: new EndpointSubject(options, endpoint) };
}

/** Known facts about a case besides its result. */
interface Told {
  /** The status with which the plain genuine delivery was refused, 0 if there was no response. */
  readonly refused: number | undefined;
}

/** If no genuine delivery is accepted, forged ones are refused as well, so they show nothing. */
function refusalOfAll({ refused }: Told): string | undefined {
  if (refused === undefined) return undefined;
  const found = refused === 0 ? 'no answer' : refused;
  return `The plain genuine delivery is not accepted (${found}), so no other case shows anything.`;
}

function untold(one: EndpointCase, options: WebhookContractOptions, refusal: string): CaseResult & Told {
  const reason = reasonToLeaveOut(one, options);
  return {
    id: one.id,
    title: titleOf(one, options),
    verdict: reason === undefined ? 'not_checked' : 'left_out',
    detail: reason ?? refusal,
    milliseconds: 0,
    refused: undefined,
  };
}

const titleOf = ({ title, titleWithoutEffects = title }: EndpointCase, { effects }: WebhookContractOptions): string =>
  effects === undefined ? titleWithoutEffects : title;

async function runCase(one: EndpointCase, subject: EndpointSubject): Promise<CaseResult & Told> {
  const { id } = one;
  const title = titleOf(one, subject.options);
  let refused: number | undefined;
  const startedAt = performance.now();
  const end = (rest: Pick<CaseResult, 'verdict' | 'detail' | 'meaning'>): CaseResult & Told => ({
    id,
    title,
    ...rest,
    milliseconds: Math.round(performance.now() - startedAt),
    refused,
  });
  const reason = reasonToLeaveOut(one, subject.options);
  if (reason !== undefined) return end({ verdict: 'left_out', detail: reason });
  const rule = subject.options.expect?.[id] as StatusRule | undefined;
  const trial = await one.run(subject, rule);
  const wrong = trial.checks.filter((check) => !isRight(check));
  if (id === 'genuine' && rule === undefined) refused = wrong[0]?.answer.status;
  const found = trial.effects === undefined ? undefined : await subject.effects(trial.effects.id);
  const faults = faultsOf(trial, wrong, found);
  const finding = {
    statuses: trial.checks.map(({ answer }) => answer.status),
    effects: found,
    effectsBefore: trial.effectsBefore,
  };
  const meaning = faults.length === 0 ? undefined : meaningOf(one, trial, wrong, finding, subject.findings);
  subject.findings.set(id, finding);
  if (faults.length === 0 && isUnseen(one, subject.options)) return end({ verdict: 'not_checked', detail: unseen });
  if (faults.length === 0) return end({ verdict: 'holds' });
  return end({ verdict: 'falls_short', detail: faults.join(' '), ...(meaning !== undefined && { meaning }) });
}

const unseen = 'Statuses do not show how often an event took effect; pass effects.';

const isUnseen = ({ needsEffects }: EndpointCase, { effects }: WebhookContractOptions): boolean =>
  needsEffects === true && effects === undefined;

function faultsOf({ effects }: Trial, wrong: readonly Check[], found: number | undefined): string[] {
  const faults = wrong.map(faultOf);
  if (effects !== undefined && found !== undefined && !effects.expected.includes(found))
    faults.push(`Expected ${effects.expected.join(' or ')} effects, found ${found}.`);
  return faults;
}

function reasonToLeaveOut(one: EndpointCase, options: WebhookContractOptions): string | undefined {
  const wanted = options.expect?.[one.id];
  if (typeof wanted === 'object' && 'leftOut' in wanted) return wanted.leftOut;
  return one.leftOut?.(options);
}

function requireOptions({ expect = {}, provider, target }: WebhookContractOptions): void {
  const unknown = Object.keys(expect).filter((id) => !endpointCases.some((one) => one.id === id));
  const known = endpointCases.map(({ id }) => id).join(', ');
  if (unknown.length > 0) throw refuse('expect', `There is no case ${unknown.join(', ')}. The cases are ${known}.`);
  if (typeof provider?.scheme?.bind !== 'function') throw refuse('provider', 'Expected a provider.');
  if (target === undefined) throw refuse('target', 'Expected a URL, a fetch handler, or an app.');
}

function refuse(at: string, hint: string): WebhookError {
  return new WebhookError('options_invalid', { at: `webhookContract() ${at}`, hint });
}

function globalRunner(): ContractRunner {
  const { describe, it } = globalThis as Partial<ContractRunner>;
  if (describe !== undefined && it !== undefined) return { describe, it };
  throw refuse('runner', 'This test runner has no global describe and it; pass { runner: { describe, it } }.');
}
