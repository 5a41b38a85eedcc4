/** What is said on the console where the app has nothing that listens: doubts at the start, trouble later. */

import type { DedupeStore } from './dedupe.ts';
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
  warnOfSharedEndpoint(options, endpoint, secrets);
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

/** The secrets with which each endpoint first used a store, as digests of nothing but their bytes; never printed. */
const usersOfStore = new WeakMap<DedupeStore, Map<string, ReadonlySet<string>>>();

/** Two senders behind one name share one namespace of ids, so that one's event passes for the other's duplicate. */
function warnOfSharedEndpoint(options: CheckedOptions, endpoint: string, secrets: readonly Uint8Array[]): void {
  const { dedupe, provider, onWarning } = options;
  if (dedupe === undefined || secrets.length === 0) return;
  const own = new Set(secrets.map((secret) => String.fromCharCode(...secret)));
  const users = usersOfStore.get(dedupe.store) ?? new Map<string, ReadonlySet<string>>();
  usersOfStore.set(dedupe.store, users);
  const name = `${provider.name} ${endpoint}`;
  const known = users.get(name);
  if (known === undefined) {
    if (users.size < firstUseLimit) users.set(name, own);
  } else if ([...own].some((secret) => known.has(secret))) {
    // A rotation: the next one may share nothing with the first.
    users.set(name, new Set([...known, ...own]));
  } else {
    const message = `two receivers use the endpoint ${endpoint} of one store with different secrets, so an event of one passes for a duplicate of the other's. Give each an endpoint of its own.`;
    onWarning({ code: 'shared_endpoint', provider: provider.name, message });
  }
}

const checkedStores = new WeakSet<DedupeStore>();

/**
 * Asks a store about its backend, beside its first claim: a runtime such as Workers allows no question before the first
 * request. Nobody waits for the answer.
 */
export function checkStoreOnce({ provider, onWarning }: CheckedOptions, store: DedupeStore): void {
  if (store.check === undefined || checkedStores.has(store)) return;
  checkedStores.add(store);
  const warn = (code: 'store_setting' | 'store_unchecked', message: string) => {
    try {
      onWarning({ code, provider: provider.name, message });
    } catch {
      // What an observer throws must not become an unhandled rejection.
    }
  };
  store.check().then(
    (findings) => {
      for (const { message } of findings) warn('store_setting', message);
    },
    () =>
      warn(
        'store_unchecked',
        'the store could not be asked about its settings; records may be less safe than they should be.',
      ),
  );
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
  } else if (outcome.kind === 'handled' && outcome.deadLettered !== undefined) {
    const { attempts, cause } = outcome.deadLettered;
    console.error(
      `countersign: ${outcome.event.provider} ${outcome.event.id ?? ''} was given up at attempt ${attempts}`,
      cause,
    );
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
