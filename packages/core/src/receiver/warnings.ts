/** Console output if the app has no observer: doubts at startup, failures later. */

import { encodeHex } from '../encoding.ts';
import { errorTable } from '../errors.ts';
import type { Outcome } from '../handling/outcome.ts';
import type { Secret } from '../keys/secret.ts';
import { findSharedSecret } from '../keys/secret-source.ts';
import { type CheckedOptions, ignoreWarnings } from './receiver-options.ts';

/** The namespace that first used each secret, by the secret's bytes in hexadecimal. Bounded; never printed. */
const firstUse = new Map<string, string>();
const firstUseLimit = 1000;

/** Reports to `onWarning` a secret that serves two endpoints, a preset's assumptions, and handshakes that cannot be answered. */
export function warnOfDoubts(options: CheckedOptions, secrets: readonly Uint8Array[]): void {
  const { provider, namespace, onWarning } = options;
  if (onWarning === ignoreWarnings) return;
  if (!options.acceptAssumptions) {
    for (const { what, because } of provider.assumptions ?? []) {
      const message = `${provider.title ?? provider.name}: assuming that ${what}. ${because} Set acceptAssumptions: true once real deliveries have confirmed it.`;
      onWarning({ code: 'assumption', provider: provider.name, message });
    }
  }
  const { handshakes } = provider;
  const unanswered =
    handshakes === undefined ? undefined : options.answering?.unanswered(handshakes, options.handshakes);
  for (const { name, option } of unanswered ?? []) {
    const message = `${provider.title ?? provider.name}: its handshake ${name} is refused until you set handshakes: { ${option} }. The sender uses it when the URL is entered.`;
    onWarning({ code: 'handshake_refused', provider: provider.name, message });
  }
  warnOfExpiry(options);
  if (options.dedupe === undefined) warnOfWindow(options);
  else
    for (const { code, message } of options.claims?.doubts(options.dedupe, options, secrets) ?? [])
      onWarning({ code, provider: provider.name, message });
  const [one, other] = findSharedSecret(options.secrets) ?? [];
  if (one !== undefined) {
    const message = `the tenants ${one} and ${other} of secretsByTenant share a secret, so a delivery of one is accepted for the other. Give each its own.`;
    onWarning({ code: 'shared_secret', provider: provider.name, message });
  }
  for (const secret of secrets) {
    const key = encodeHex(secret);
    const user = firstUse.get(key);
    if (user === undefined) {
      firstUse.set(key, namespace);
      if (firstUse.size > firstUseLimit) firstUse.delete(firstUse.keys().next().value as string);
    } else if (user !== namespace) {
      const message = `the receivers ${user} and ${namespace} share a secret, so a delivery captured at one is accepted at the other. Give each its own.`;
      onWarning({ code: 'shared_secret', provider: provider.name, message });
    }
  }
}

/** A list of secrets that have all expired: each delivery gets 500. */
function warnOfExpiry({ provider, secrets, clock, onWarning }: CheckedOptions): void {
  // An app's own clock is for tests, and may not run yet.
  if (secrets === undefined || typeof secrets === 'function' || clock !== undefined) return;
  const list = Array.isArray(secrets) ? (secrets as readonly Secret[]) : [secrets as Secret];
  const ends = list.map((one) => (typeof one === 'object' && 'value' in one ? one.notAfter?.getTime() : undefined));
  if (ends.some((end) => end === undefined || end >= Date.now())) return;
  const message = `${provider.title ?? provider.name}: no secret is valid any more (notAfter), so each delivery gets 500. Add the new secret to secrets.`;
  onWarning({ code: 'secrets_expired', provider: provider.name, message });
}

/** Deliveries that run again because nothing remembers them. */
function warnOfWindow({ provider, toleranceSeconds, ignoreTimestamp, onWarning }: CheckedOptions): void {
  const title = provider.title ?? provider.name;
  const { past } = toleranceSeconds;
  const { scheme } = provider;
  const window = scheme.maxAgeSeconds ?? (scheme.signed.timestamp && !ignoreTimestamp ? past : 0);
  if (scheme.isTimeOptional)
    onWarning({
      code: 'window_without_dedupe',
      provider: provider.name,
      message: `${title}: a signature without a timestamp is accepted forever, and without dedupe each copy of a delivery runs again. Set dedupe to a store.`,
    });
  if (window > 3600) {
    const reason = provider.retries?.resigns === false ? ', because its retries carry the first signature' : '';
    onWarning({
      code: 'window_without_dedupe',
      provider: provider.name,
      message: `${title}: a delivery is accepted for ${window} s after it was signed${reason}, and without dedupe a copy of it runs again. Set dedupe to a store, or a smaller toleranceSeconds.`,
    });
  }
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
    print(`countersign: handling ${id === undefined ? provider : `${provider} ${id}`} failed${how}`, outcome.cause);
  } else if (outcome.kind === 'rejected' && outcome.error.fault === 'receiver') {
    const { message, cause } = outcome.error;
    const line = `countersign: ${nameOf(receiver)}: ${message}`;
    // The cause's code too: a store that is away for another reason is another failure.
    const { code } = (cause ?? {}) as { code?: unknown };
    if (isDue(`${line} ${String(code)}`)) print(line, ...(cause === undefined ? [] : [cause]));
  } else {
    const found = receiver.claims?.lineFor(outcome, receiver);
    if (found === undefined || (found.throttled && !isDue(found.line))) return;
    print(`countersign: ${found.line}`, ...found.causes);
  }
}

/** An app's error may have a printer that throws, and no line is worth the process. */
function print(line: string, ...causes: unknown[]): void {
  try {
    console.error(line, ...causes);
  } catch {
    console.error(`${line}, with an error that cannot be printed`);
  }
}

/**
 * Prints the reasons of refusals if there is no observer: one line a minute for each provider, namespace and code, 20 per process. Contains
 * no text of a delivery.
 */
export function printRefusal(outcome: Outcome, { provider, namespace }: CheckedOptions): void {
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
      'Each kind is printed once a minute; onOutcome is called for each delivery, and { diagnose: true } in the adapter prints in development what would make it verify.',
    refusalLines === maxRefusalLines && 'No more refusals are printed; see onOutcome.',
  ];
  console.warn([placed, ...rest.filter((one) => one !== false)].join(' '));
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
