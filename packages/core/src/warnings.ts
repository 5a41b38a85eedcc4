/** What is said on the console where the app has nothing that listens: doubts at the start, trouble later. */

import type { Outcome } from './outcome.ts';
import type { CheckedOptions } from './receiver-options.ts';

/** Which endpoint first used a secret, by the secret's bytes as Latin-1 text. Bounded; never printed. */
const firstUse = new Map<string, string>();
const firstUseLimit = 1000;

/** Tells `onWarning` of a secret that serves two endpoints, of a preset's assumptions, and of handshakes it cannot answer. */
export function warnOfDoubts(options: CheckedOptions, secrets: readonly Uint8Array[]): void {
  const { provider, endpoint, onWarning } = options;
  if (!options.acceptAssumptions) {
    for (const { what, because } of provider.assumptions ?? []) {
      const message = `${provider.title ?? provider.name}: assuming that ${what}. ${because} Set acceptAssumptions: true once real deliveries have confirmed it.`;
      onWarning({ code: 'assumption', provider: provider.name, message });
    }
  }
  for (const { name, verifyToken, asksApp } of provider.handshakes ?? []) {
    const missing =
      verifyToken !== undefined && options.handshakes.verifyToken === undefined
        ? 'verifyToken'
        : asksApp === true && options.handshakes.accept === undefined
          ? 'accept'
          : undefined;
    if (missing === undefined) continue;
    const message = `${provider.title ?? provider.name}: its handshake ${name} is refused until you give handshakes: { ${missing} }. The sender asks for it when the address is entered.`;
    onWarning({ code: 'handshake_refused', provider: provider.name, message });
  }
  if (typeof endpoint !== 'string') return;
  for (const secret of secrets) {
    const key = String.fromCharCode(...secret);
    const user = firstUse.get(key);
    if (user === undefined) {
      firstUse.set(key, endpoint);
      if (firstUse.size > firstUseLimit) firstUse.delete(firstUse.keys().next().value as string);
    } else if (user !== endpoint) {
      const message = `the endpoints ${user} and ${endpoint} share a secret, so a delivery captured at one passes at the other. Give each its own.`;
      onWarning({ code: 'shared_secret', provider: provider.name, message });
    }
  }
}

/**
 * What becomes of outcomes that nobody observes: a handler's failure and the receiver's own trouble go to
 * `console.error`, so that neither is lost in silence. Refused deliveries do not; strangers could fill a log with them.
 * What any request can set off, such as a missing option, is said once a minute.
 */
export function printTrouble(outcome: Outcome): void {
  if (outcome.kind === 'rejected' && outcome.error.fault === 'receiver' && !isDue(outcome.error.message)) return;

  if (outcome.kind === 'failed') {
    console.error(`countersign: handling ${outcome.event.provider} ${outcome.event.id ?? ''} failed`, outcome.cause);
  } else if (outcome.kind === 'rejected' && outcome.error.fault === 'receiver') {
    console.error(`countersign: ${outcome.error.message}`);
  } else if (outcome.kind === 'handled' && outcome.completionLost) {
    console.error(
      `countersign: ${outcome.event.provider} ${outcome.event.id ?? ''} was handled and could not be recorded`,
    );
  }
}

/** When each message was last printed. Messages name options and stores, never values, so there are few. */
const printedAt = new Map<string, number>();

function isDue(message: string): boolean {
  const now = Date.now();
  const last = printedAt.get(message);
  if (last !== undefined && now - last < 60_000) return false;
  printedAt.set(message, now);
  if (printedAt.size > firstUseLimit) printedAt.delete(printedAt.keys().next().value as string);
  return true;
}
