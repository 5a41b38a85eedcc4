/** Warnings about allowed but doubtful uses of a store. */

import type { CheckedDedupe } from '../claims/dedupe-options.ts';
import type { DedupeStore } from '../claims/store.ts';
import { encodeHex } from '../encoding.ts';
import { optionError } from '../options/option-values.ts';
import { isIndistinct } from '../provider/event-source.ts';
import type { ClaimDoubt, NamedReceiver } from './claim-protocol.ts';

/** The secrets with which each namespace first used a store, as digests of their bytes only; never printed. */
const usersOfStore = new WeakMap<DedupeStore, Map<string, ReadonlySet<string>>>();
const usersLimit = 1000;

/** @throws options_invalid for two receivers of one sender that share a namespace of this process but no secret */
export function findDoubts(
  dedupe: CheckedDedupe,
  receiver: NamedReceiver,
  secrets: readonly Uint8Array[],
): readonly ClaimDoubt[] {
  const doubts = [findAlike(dedupe, receiver), findSharedNamespace(dedupe, receiver, secrets)];
  return doubts.filter((doubt) => doubt !== undefined);
}

/** Events that do not run because they look alike. */
function findAlike(dedupe: CheckedDedupe, { provider }: NamedReceiver): ClaimDoubt | undefined {
  if (dedupe.identity !== undefined || dedupe.isStrict || !isIndistinct(provider)) return undefined;
  return {
    code: 'events_alike',
    message: `${provider.title ?? provider.name}: two events${provider.eventId === undefined ? '' : ' without an id'} can have the same bytes, and nothing else in a delivery tells them apart. Such a delivery runs every time, including retries, so make the handler safe to run twice. With dedupe: { identity: 'strict' } the second one would be a duplicate; dedupe.identity accepts your own rule.`,
  };
}

/**
 * Two receivers without a common secret are two endpoints of the sender: in one namespace, one's event counts as the other's duplicate. In
 * a store of this process that is certain, and refused; elsewhere it may be a gradual rotation.
 *
 * @throws options_invalid
 */
function findSharedNamespace(
  { store }: CheckedDedupe,
  { provider, namespace }: NamedReceiver,
  secrets: readonly Uint8Array[],
): ClaimDoubt | undefined {
  if (secrets.length === 0) return undefined;
  const own = new Set(secrets.map(encodeHex));
  const users = usersOfStore.get(store) ?? new Map<string, ReadonlySet<string>>();
  usersOfStore.set(store, users);
  const name = `${provider.name} ${namespace}`;
  const known = users.get(name);
  if (known === undefined) {
    if (users.size < usersLimit) users.set(name, own);
    return undefined;
  }
  if ([...own].some((secret) => known.has(secret))) {
    // A rotation: the next receiver may share no secret with the first.
    users.set(name, new Set([...known, ...own]));
    return undefined;
  }
  const message = `two receivers of ${provider.title ?? provider.name} use the namespace ${namespace} of one store with different secrets, so an event of one counts as a duplicate of the other's. Give each its own: dedupe: { store, namespace: 'billing' }.`;
  if (store.local === true) throw optionError('dedupe.namespace', message);
  return { code: 'shared_namespace', message };
}
