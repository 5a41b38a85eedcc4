/** What is said on the console where the app has nothing that listens: doubts at the start, trouble later. */

import type { DedupeStore } from '../claims/store.ts';
import { encodeHex } from '../encoding.ts';
import { errorTable } from '../errors.ts';
import type { AnyEvent } from '../event/event.ts';
import type { Outcome } from '../handling/outcome.ts';
import type { Secret } from '../keys/secret.ts';
import { findSharedSecret } from '../keys/secret-source.ts';
import { refuseOption } from '../options/option-values.ts';
import { isIndistinct } from '../provider/event-source.ts';
import { type CheckedOptions, ignoreWarnings } from './receiver-options.ts';

/** Which namespace first used a secret, by the secret's bytes in hexadecimal. Bounded; never printed. */
const firstUse = new Map<string, string>();
const firstUseLimit = 1000;

/** Tells `onWarning` of a secret that serves two endpoints, of a preset's assumptions, and of handshakes it cannot answer. */
export function warnOfDoubts(options: CheckedOptions, secrets: readonly Uint8Array[]): void {
  const { provider, namespace, onWarning } = options;
  if (onWarning === ignoreWarnings) return;
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
  warnOfExpiry(options);
  warnOfDedupe(options);
  checkSharedNamespace(options, secrets);
  const [one, other] = findSharedSecret(options.secrets) ?? [];
  if (one !== undefined) {
    const message = `the tenants ${one} and ${other} of secretsByTenant share a secret, so a delivery of one passes for the other's. Give each its own.`;
    onWarning({ code: 'shared_secret', provider: provider.name, message });
  }
  for (const secret of secrets) {
    const key = encodeHex(secret);
    const user = firstUse.get(key);
    if (user === undefined) {
      firstUse.set(key, namespace);
      if (firstUse.size > firstUseLimit) firstUse.delete(firstUse.keys().next().value as string);
    } else if (user !== namespace) {
      const message = `the receivers ${user} and ${namespace} share a secret, so a delivery captured at one passes at the other. Give each its own.`;
      onWarning({ code: 'shared_secret', provider: provider.name, message });
    }
  }
}

/** A list of secrets none of which is valid any more: each delivery is answered with 500. */
function warnOfExpiry({ provider, secrets, clock, onWarning }: CheckedOptions): void {
  // A clock of the app's own is for tests, and need not run yet.
  if (secrets === undefined || typeof secrets === 'function' || clock !== undefined) return;
  const list = Array.isArray(secrets) ? (secrets as readonly Secret[]) : [secrets as Secret];
  const ends = list.map((one) => (typeof one === 'object' && 'value' in one ? one.notAfter?.getTime() : undefined));
  if (ends.some((end) => end === undefined || end >= Date.now())) return;
  const message = `${provider.title ?? provider.name}: no secret is valid any more (notAfter), so each delivery is answered with 500. Add the new secret to secrets.`;
  onWarning({ code: 'secrets_expired', provider: provider.name, message });
}

/** Deliveries that run again because nothing remembers them, and events that do not run because they look alike. */
function warnOfDedupe({ provider, toleranceSeconds, ignoreTimestamp, dedupe, onWarning }: CheckedOptions): void {
  const title = provider.title ?? provider.name;
  const { past } = toleranceSeconds;
  const { scheme } = provider;
  const window = scheme.maxAgeSeconds ?? (scheme.signed.timestamp && !ignoreTimestamp ? past : 0);
  if (
    dedupe === undefined &&
    (scheme.description as { readonly created?: unknown } | undefined)?.created === 'optional'
  )
    onWarning({
      code: 'window_without_dedupe',
      provider: provider.name,
      message: `${title}: a signature without a time is accepted for ever, and without dedupe each copy of a delivery runs again. Give dedupe: a store.`,
    });
  if (dedupe === undefined && window > 3600) {
    const reason = provider.retries?.resigns === false ? ', since its retries carry the first signature' : '';
    onWarning({
      code: 'window_without_dedupe',
      provider: provider.name,
      message: `${title}: a delivery is accepted for ${window} s after it was signed${reason}, and without dedupe a copy of it runs again. Give dedupe: a store, or a smaller toleranceSeconds.`,
    });
  }
  if (dedupe !== undefined && dedupe.identity === undefined && !dedupe.isStrict && isIndistinct(provider)) {
    onWarning({
      code: 'events_alike',
      provider: provider.name,
      message: `${title}: two events${provider.eventId === undefined ? '' : ' without an id'} can have the same bytes, and nothing else in a delivery tells them apart. Such a delivery runs each time it comes, retries included, so make the handler safe to run twice. With dedupe: { identity: 'strict' } the second one would be a duplicate; dedupe.identity takes a rule of your own.`,
    });
  }
}

/** The secrets with which each namespace first used a store, as digests of nothing but their bytes; never printed. */
const usersOfStore = new WeakMap<DedupeStore, Map<string, ReadonlySet<string>>>();

/**
 * Two receivers without a common secret are two endpoints of the sender: under one namespace, one's event passes for the
 * other's duplicate. In a store of this process that is certain, and refused; elsewhere it may be a rotation in steps.
 *
 * @throws options_invalid
 */
function checkSharedNamespace(options: CheckedOptions, secrets: readonly Uint8Array[]): void {
  const { dedupe, provider, namespace, onWarning } = options;
  if (dedupe === undefined || secrets.length === 0) return;
  const own = new Set(secrets.map(encodeHex));
  const users = usersOfStore.get(dedupe.store) ?? new Map<string, ReadonlySet<string>>();
  usersOfStore.set(dedupe.store, users);
  const name = `${provider.name} ${namespace}`;
  const known = users.get(name);
  if (known === undefined) {
    if (users.size < firstUseLimit) users.set(name, own);
  } else if ([...own].some((secret) => known.has(secret))) {
    // A rotation: the next one may share nothing with the first.
    users.set(name, new Set([...known, ...own]));
  } else {
    const message = `two receivers of ${provider.title ?? provider.name} use the namespace ${namespace} of one store with different secrets, so an event of one passes for a duplicate of the other's. Give each its own: dedupe: { store, namespace: 'billing' }.`;
    if (dedupe.store.local === true) throw refuseOption('dedupe.namespace', message);
    onWarning({ code: 'shared_namespace', provider: provider.name, message });
  }
}

/** Most lines about refused deliveries that one process prints. Strangers can set them off. */
const maxRefusalLines = 20;
let refusalLines = 0;

/**
 * Prints failures of the handler, of the store and of the configuration, whoever observes outcomes: none of them may be lost in
 * silence. What any request can set off, such as a missing option, is printed once a minute.
 */
export function printFailure(outcome: Outcome, { provider, namespace }: CheckedOptions): void {
  if (outcome.kind === 'failed') {
    const how = outcome.transactionLost ? ' outside of its transaction, so not all that it wrote was undone' : '';
    print(`countersign: handling ${nameOf(outcome.event)} failed${how}`, outcome.cause);
  } else if (outcome.kind === 'rejected' && outcome.error.fault === 'receiver') {
    const { message, cause } = outcome.error;
    if (isDue(message)) print(`countersign: ${message}`, ...(cause === undefined ? [] : [cause]));
  } else if (outcome.kind === 'handled' && outcome.deadLettered !== undefined) {
    const { attempts, cause } = outcome.deadLettered;
    print(`countersign: ${nameOf(outcome.event)} was given up at attempt ${attempts}`, cause);
  } else if (outcome.kind === 'handled' && outcome.completionLost) {
    print(`countersign: ${nameOf(outcome.event)} was handled and could not be recorded`);
  } else if (outcome.kind === 'handled' && outcome.orderingLost) {
    print(
      `countersign: ${nameOf(outcome.event)} was handled and its position could not be recorded: an older event of its entity may run after it`,
    );
  } else if (outcome.kind === 'handled' && outcome.transactionLost) {
    print(
      `countersign: ${nameOf(outcome.event)} was handled outside of its transaction: something in the handler committed or rolled it back, such as a procedure or CREATE TABLE in MySQL. Move that out of the handler.`,
    );
  } else if (outcome.kind === 'duplicate' && outcome.unknownSecret) {
    const message = `countersign: ${provider.name}: an event was dropped as a duplicate of one that another secret had proved, under the namespace ${namespace}. Where two services share a store, events of one are lost to the other: give each its own dedupe.namespace. Where you replaced the secret, keep the old one in the list as { value, notAfter } for as long as records last.`;
    if (isDue(message)) print(message);
  }
}

/** What an app throws may have a printer of its own that throws, and no line is worth the process. */
function print(line: string, ...causes: unknown[]): void {
  try {
    console.error(line, ...causes);
  } catch {
    console.error(`${line}, by something that cannot be printed`);
  }
}

const nameOf = ({ provider, id }: AnyEvent): string => (id === undefined ? provider : `${provider} ${id}`);

/**
 * Prints why deliveries are refused where nobody observes outcomes: a line for each provider, namespace and code a minute, 20 in a
 * process. It holds no text of a delivery.
 */
export function printRefusal(outcome: Outcome, { provider, namespace }: CheckedOptions): void {
  if (outcome.kind !== 'rejected' || outcome.error.fault !== 'sender' || refusalLines >= maxRefusalLines) return;
  const { code, at = '' } = outcome.error;
  const name = namespace === provider.name ? namespace : `${provider.name} (${namespace})`;
  const line = `countersign: ${name}: a delivery was refused, ${code}: ${errorTable[code].sentence}`;
  if (!isDue(line)) return;
  const isFirst = refusalLines++ === 0;
  // A place may hold a name that a stranger chose: one that is longer than ours, or could end a line, is left out.
  const placed = /^[\w .*()[\]-]{1,60}$/.test(at) ? `${line} At ${at}.` : line;
  // The general hint: that of this very delivery may hold what a stranger wrote.
  const rest = [
    errorTable[code].hint,
    isFirst &&
      'Each kind is printed once a minute; onOutcome hears of each delivery, and { diagnose: true } of the adapter says in development what would fit.',
    refusalLines === maxRefusalLines && 'No more refusals are printed; see onOutcome.',
  ];
  console.warn([placed, ...rest.filter((one) => one !== false)].join(' '));
}

/** When each message was last printed. Messages name options and stores, never values, so there are few. */
const printedAt = new Map<string, number>();

function isDue(message: string): boolean {
  const now = Date.now();
  const last = printedAt.get(message);
  if (last !== undefined && now - last >= 0 && now - last < 60_000) return false;
  printedAt.set(message, now);
  if (printedAt.size > firstUseLimit) printedAt.delete(printedAt.keys().next().value as string);
  return true;
}
