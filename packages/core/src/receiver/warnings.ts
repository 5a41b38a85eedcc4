/** Console output if the app has no observer: doubts at startup, failures later. */

import { encodeBase64Url } from '../encoding.ts';
import { errorTable } from '../errors.ts';
import type { Outcome } from '../handling/outcome.ts';
import { type Secret, tenantsOf } from '../keys/secret.ts';
import type { CheckedOptions } from './check-options.ts';
import { writeLine } from './logger.ts';
import { ignoreWarnings, type ReceiverWarning } from './receiver-options.ts';

/** The namespace that first used each secret, by the secret's bytes in base64url. Bounded; never printed. */
const firstUse = new Map<string, string>();
const firstUseLimit = 1000;

/** Reports to `onWarning` a secret that serves two endpoints, a preset's assumptions, and handshakes that cannot be answered. */
export function warnOfDoubts(options: CheckedOptions, secrets: readonly Uint8Array[]): void {
  const { provider, namespace, onWarning, dedupe } = options;
  if (onWarning === ignoreWarnings) return;
  const warn = (code: ReceiverWarning['code'], message: string) =>
    onWarning({ code, provider: provider.name, message });
  const title = provider.title ?? provider.name;
  if (!options.acceptAssumptions) {
    for (const { what, because } of provider.assumptions ?? [])
      warn(
        'assumption',
        `${title}: assuming that ${what}. ${because} Set acceptAssumptions: true once real deliveries have confirmed it.`,
      );
  }
  const { handshakes } = provider;
  const unanswered = handshakes && options.answering?.doubts(handshakes, options.handshakes);
  for (const doubt of unanswered ?? []) warn('handshake_refused', `${title}: ${doubt}`);
  if (areExpired(options))
    warn(
      'secrets_expired',
      `${title}: no secret is valid any more (notAfter), so each delivery gets 500. Add the new secret to secrets.`,
    );
  const doubts = dedupe === undefined ? windowDoubts(options) : options.claims?.doubts(dedupe, options, secrets);
  for (const doubt of doubts ?? [])
    if (typeof doubt === 'string') warn('window_without_dedupe', `${title}: ${doubt}`);
    else warn(doubt.code, doubt.message);
  const shared = tenantsOf(options.secrets)?.doubt();
  if (shared !== undefined) warn('shared_secret', shared);
  for (const secret of secrets) {
    const key = encodeBase64Url(secret);
    const user = firstUse.get(key);
    if (user === undefined) {
      firstUse.set(key, namespace);
      if (firstUse.size > firstUseLimit) firstUse.delete(firstUse.keys().next().value as string);
    } else if (user !== namespace)
      warn(
        'shared_secret',
        `the receivers ${user} and ${namespace} share a secret, so a delivery captured at one is accepted at the other. Give each its own.`,
      );
  }
}

/** True for a list of secrets that have all expired: each delivery gets 500. */
function areExpired({ secrets, clock }: CheckedOptions): boolean {
  // An app's own clock is for tests, and may not run yet.
  if (secrets === undefined || typeof secrets === 'function' || clock !== undefined) return false;
  return [secrets as Secret]
    .flat()
    .every((one) => ((one as { readonly notAfter?: Date }).notAfter?.getTime() ?? Infinity) < Date.now());
}

/** Deliveries that run again because nothing remembers them. */
function windowDoubts({ provider, toleranceSeconds, ignoreTimestamp }: CheckedOptions): readonly string[] {
  const { scheme } = provider;
  const { past } = toleranceSeconds;
  const window = scheme.maxAgeSeconds ?? (scheme.signed.timestamp && !ignoreTimestamp ? past : 0);
  const reason = provider.retries?.resigns === false ? ', because its retries carry the first signature' : '';
  const endless =
    'a signature without a timestamp is accepted forever, and without dedupe each copy of a delivery runs again. Set dedupe to a store.';
  const long = `a delivery is accepted for ${window} s after it was signed${reason}, and without dedupe a copy of it runs again. Set dedupe to a store, or a smaller toleranceSeconds.`;
  return [...(scheme.isTimeOptional ? [endless] : []), ...(window > 3600 ? [long] : [])];
}

/** Maximum number of lines about refused deliveries per process. Strangers can trigger them. */
const maxRefusalLines = 20;
let refusalLines = 0;

/**
 * Prints failures of the handler, the store and the configuration, even if an observer gets outcomes: none of them may be silent. Failures
 * that any request can trigger, such as a missing option, are printed once a minute.
 */
export function printFailure(outcome: Outcome, receiver: CheckedOptions): void {
  if (outcome.kind === 'failed') {
    const how = outcome.transactionLost ? ' outside its transaction, so not all of its writes were rolled back' : '';
    const { provider, id } = outcome.event;
    print(
      receiver,
      `countersign: handling ${id === undefined ? provider : `${provider} ${id}`} failed${how}`,
      undefined,
      [outcome.cause],
    );
  } else if (outcome.kind === 'rejected' && outcome.error.fault === 'receiver') {
    const { code, message, cause } = outcome.error;
    const line = `countersign: ${nameOf(receiver)}: ${message}`;
    // The cause's code too: a store that is away for another reason is another failure.
    if (isDue(`${line} ${codeOf(cause)}`)) print(receiver, line, code, cause === undefined ? [] : [cause]);
  } else {
    const found = receiver.claims?.lineFor(outcome, receiver);
    if (found === undefined || (found.throttled && !isDue(found.line))) return;
    print(receiver, `countersign: ${found.line}`, undefined, found.causes);
  }
}

/** An app's error may have a code that cannot be read. */
function codeOf(cause: unknown): string {
  try {
    const { code } = cause as { code?: unknown };
    return typeof code === 'string' || typeof code === 'number' ? String(code).slice(0, 40) : '';
  } catch {
    return '';
  }
}

function print(
  { logger, provider, namespace }: CheckedOptions,
  line: string,
  code: string | undefined,
  causes: readonly unknown[],
): void {
  writeLine(logger, 'error', line, { provider: provider.name, namespace, ...(code !== undefined && { code }) }, causes);
}

/**
 * Prints the reasons of refusals if there is no observer: one line a minute for each provider, namespace and code, 20 per process. Contains
 * no text of a delivery.
 */
export function printRefusal(outcome: Outcome, { provider, namespace, logger }: CheckedOptions): void {
  if (outcome.kind !== 'rejected' || outcome.error.fault !== 'sender' || refusalLines >= maxRefusalLines) return;
  const { code, at = '' } = outcome.error;
  const line = `countersign: ${nameOf({ provider, namespace })}: a delivery was refused, ${code}: ${errorTable[code].sentence}`;
  if (!isDue(line)) return;
  const isFirst = refusalLines++ === 0;
  // A place may contain a name that a stranger chose: names that are longer than ours, or could end a line, are omitted.
  const placed = /^[\w .*()[\]-]{1,60}$/.test(at) ? `${line} At ${at}.` : line;
  // The general hint: the specific hint of this delivery may contain a stranger's text.
  const rest = [
    errorTable[code].hint,
    isFirst &&
      'Each kind is printed once a minute; onOutcome is called for each delivery, and in development { diagnose: true } in the adapter prints the fix.',
    refusalLines === maxRefusalLines && 'No more refusals are printed; see onOutcome.',
  ];
  const whole = [placed, ...rest.filter((one) => one !== false)].join(' ');
  writeLine(logger, 'warn', whole, { provider: provider.name, namespace, code });
}

function nameOf({ provider, namespace }: Pick<CheckedOptions, 'provider' | 'namespace'>): string {
  return namespace === provider.name ? namespace : `${provider.name} (${namespace})`;
}

/** Time of the last print of each message. Messages name options and stores, never values, so there are few. */
const printedAt = new Map<string, number>();

function isDue(message: string): boolean {
  const now = Date.now();
  const last = printedAt.get(message);
  if (last !== undefined && now - last >= 0 && now - last < 60_000) return false;
  printedAt.set(message, now);
  if (printedAt.size > firstUseLimit) printedAt.delete(printedAt.keys().next().value as string);
  return true;
}
