/** The way a receiver uses its store: leases, retention, mode, order, dead letters; and the checks of these options. */

import type { WebhookEvent } from '../event/event.ts';
import { optionError, positiveSeconds, requireKnownNames, wholeNumber } from '../options/option-values.ts';
import type { Provider } from '../provider/provider.ts';
import type { ReplayTolerance } from '../schemes/replay-window.ts';
import type { DeadLetterInfo, DedupeStore, TransactionalStore } from './store.ts';

/** Options that keep duplicates from running twice. */
export interface DedupeOptions {
  readonly store: DedupeStore;
  /**
   * Names this receiver's endpoint in the store, such as `billing`. Required unless the store is `local`; default
   * there: the provider's name. All processes of one app use the same name. Two receivers of the same provider need
   * different names; otherwise they would treat each other's events as duplicates.
   *
   * A string, never a function: nothing in an unverified delivery may choose the namespace of its record. For several
   * tenants behind one receiver use {@link secretsByTenant}; the tenant whose secret matched is part of the record's
   * key.
   *
   * @throws options_invalid
   */
  readonly namespace?: string;
  /**
   * Length of a claim without renewal, in seconds; it is renewed after each third while the handler runs.
   *
   * 1 to 3 600. Default 30, or half the sender's last retry delay if that is shorter; never more than that half, so
   * that a crash has freed the claim when the last retry arrives.
   */
  readonly leaseSeconds?: number;
  /**
   * Time for which a completed event is remembered, in seconds.
   *
   * At least the sender's retry horizon plus an hour for late retries, both sides of the replay window, and the maximum
   * age of a token (`maxAgeSeconds`). Default seven days, or one of these if it is longer. A token that only has an
   * `exp` and lives longer than this could run again.
   */
  readonly retentionSeconds?: number;
  /**
   * `lease` (default): at-least-once. A crash between the handler's effect and the completion runs the handler again.
   *
   * `transactional`: the handler gets an open transaction in `context.transaction`. Its writes there and the record
   * that the event is done commit together, guarded by the claim's token, so those writes take effect once. Anything
   * outside that transaction is at-least-once, as in `lease`. Needs a PostgreSQL, MySQL or SQLite store.
   */
  readonly mode?: 'lease' | 'transactional';
  /**
   * The app's own identity of an event, instead of the signed id or the body's digest; if the function returns
   * `undefined`, the preset's rule applies. Anyone can set a header: only signed data is safe to read.
   *
   * `'strict'`: only signed data counts, even if two of the sender's events can have the same bytes. The second of two
   * such events is then a duplicate. If no body is signed but a nonce or a token with `jti` is, that identifies the
   * event. Without this option, an unsigned delivery id that is the same in every attempt is part of the key, and if
   * nothing tells such events apart, each delivery runs.
   */
  readonly identity?: ((event: WebhookEvent) => string | undefined) | 'strict';
  /** Maximum wait for one answer from the store, in seconds. Above 0, up to 60; default 5. */
  readonly timeoutSeconds?: number;
}

/**
 * A watermark per entity: an event older than one that was handled does not run; its outcome is `stale`, with status
 * 200.
 *
 * Events of one entity run one at a time. Use it if each event carries the whole state; if events report changes,
 * dropping an older one loses its change.
 */
export interface OrderingOptions {
  /**
   * The entity of the event, such as an order's id, unique within the namespace. Undefined: this event is not guarded.
   */
  readonly entity: (event: WebhookEvent) => string | undefined;
  /**
   * The position of the event: an increasing number or Date. Undefined: not guarded.
   *
   * Default: the event's `createdAt`. Required for a sender whose preset has no `eventCreatedAt`.
   */
  readonly position?: (event: WebhookEvent) => number | Date | undefined;
  /** Maximum time that a delivery waits for another event of the same entity, in seconds. 0 to 60; default 2. */
  readonly waitSeconds?: number;
}

/**
 * The handling of an event whose attempts all failed, including crashes, or that failed with a status that the sender
 * is known not to retry (`retries.retriedOn` and `retries.finalOn` of its preset).
 */
export interface DeadLetterOptions {
  /** The number of attempts, from 1 to 1 000, after which the event is given up. */
  readonly afterAttempts: number;
  /**
   * Stores the event. If it resolves, the event counts as handled and the sender gets 200; if it throws, the delivery
   * fails and the next attempt calls it again. Required unless there is an `archive`, which has the event anyway.
   */
  readonly handle?: (event: WebhookEvent, info: DeadLetterInfo) => void | Promise<void>;
}

/** The options with all defaults filled in. */
export interface CheckedDedupe {
  readonly store: DedupeStore;
  readonly namespace: string;
  readonly leaseSeconds: number;
  readonly retentionSeconds: number;
  readonly timeoutSeconds: number;
  /** The same store, if completions commit with the handler's writes. */
  readonly transactional: TransactionalStore | undefined;
  readonly identity: ((event: WebhookEvent) => string | undefined) | undefined;
  readonly isStrict: boolean;
  readonly ordering: OrderingOptions | undefined;
  readonly deadLetter: DeadLetterOptions | undefined;
  /** The key to claim instead of the event's own, for a run that leaves the record of the event as it is. */
  readonly claimKey?: string;
}

const known = new Set(['store', 'namespace', 'leaseSeconds', 'retentionSeconds', 'mode', 'identity', 'timeoutSeconds']);
const knownOrdering = new Set(['entity', 'position', 'waitSeconds']);
const knownDeadLetter = new Set(['afterAttempts', 'handle']);
const week = 604_800;
const defaultLeaseSeconds = 30;

/** The store and the options for events that depend on it. */
export interface ClaimOptions {
  readonly dedupe: DedupeOptions;
  readonly ordering: OrderingOptions | undefined;
  readonly deadLetter: DeadLetterOptions | undefined;
  /** True if an archive keeps the events, so that a dead letter needs no hook. */
  readonly isArchived?: boolean;
}

/** @throws options_invalid */
export function checkDedupe(
  { dedupe: options, ordering, deadLetter, isArchived = false }: ClaimOptions,
  provider: Provider,
  toleranceSeconds: ReplayTolerance,
): CheckedDedupe {
  for (const name of ['ordering', 'deadLetter'] as const)
    if (name in options)
      throw optionError(`dedupe.${name}`, `Set it next to dedupe: createReceiver({ dedupe, ${name} }).`);
  requireKnownNames(options, known, 'dedupe.');
  const { store, mode = 'lease', identity } = options;
  for (const method of ['claim', 'extend', 'complete', 'release'] as const) {
    if (typeof store?.[method] !== 'function') throw optionError('dedupe.store', `The store has no ${method}().`);
  }
  if (mode !== 'lease' && mode !== 'transactional') {
    throw optionError('dedupe.mode', 'Expected lease or transactional.');
  }
  if (mode === 'transactional' && typeof (store as TransactionalStore).transact !== 'function') {
    throw optionError(
      'dedupe.mode',
      'This store has no transactions to share with a handler. Use postgresStore or mysqlStore with a pool, or sqliteStore.',
    );
  }
  if (mode === 'transactional') (store as TransactionalStore).requireTransactions?.();
  if (identity !== undefined && identity !== 'strict' && typeof identity !== 'function') {
    throw optionError('dedupe.identity', "Expected a function from a verified event to a string, or 'strict'.");
  }
  return {
    store,
    namespace: checkNamespace(options.namespace, store, provider),
    leaseSeconds: checkLease(options.leaseSeconds, provider),
    retentionSeconds: checkRetention(options.retentionSeconds, provider, toleranceSeconds),
    timeoutSeconds: positiveSeconds('dedupe.timeoutSeconds', options.timeoutSeconds, 60, 5),
    transactional: mode === 'transactional' ? (store as TransactionalStore) : undefined,
    identity: identity === 'strict' ? undefined : identity,
    isStrict: identity === 'strict',
    ordering: ordering === undefined ? undefined : checkOrdering(ordering, store, provider),
    deadLetter: deadLetter === undefined ? undefined : checkDeadLetter(deadLetter, isArchived),
  };
}

function checkNamespace(value: unknown, store: DedupeStore, { name }: Provider): string {
  if (value === undefined && store.local === true) return name;
  if (value === undefined)
    throw optionError(
      'dedupe.namespace',
      `Other receivers may use this store, so name this one: dedupe: { store, namespace: '${name}' }. All processes of one app use the same name; two receivers with one namespace treat each other's events as duplicates.`,
    );
  if (typeof value === 'function')
    throw optionError(
      'dedupe.namespace',
      'Expected a string, not a function: an unverified delivery must not choose where it is remembered. For several tenants use secrets: secretsByTenant({ ... }, tenantOf); the tenant becomes part of the key.',
    );
  if (typeof value !== 'string' || value.trim() === '')
    throw optionError('dedupe.namespace', 'Expected a non-empty string.');
  return value;
}

function checkLease(value: unknown, { retries }: Provider): number {
  const lastDelay = retries?.delaysSeconds?.at(-1);
  const most = lastDelay === undefined ? 3600 : Math.min(3600, Math.max(1, Math.floor(lastDelay / 2)));
  const leaseSeconds = wholeNumber('dedupe.leaseSeconds', value, 1, 3600, Math.min(defaultLeaseSeconds, most));
  if (leaseSeconds > most) {
    throw optionError(
      'dedupe.leaseSeconds',
      `Expected at most ${most}: the sender's last retry comes ${lastDelay} s after the one before, and a crash must have freed the claim by then. Claims are renewed while a handler runs, so a short lease is enough for a long run.`,
    );
  }
  return leaseSeconds;
}

/**
 * Maximum delay of the last retry beyond its schedule; a record that ended with the schedule would let it run again.
 */
const lateRetrySeconds = 3600;

function checkRetention(value: unknown, provider: Provider, { past, future }: ReplayTolerance): number {
  const { retries, scheme } = provider;
  const horizon = retries?.horizonSeconds === undefined ? 0 : retries.horizonSeconds + lateRetrySeconds;
  const least = Math.max(horizon, scheme.signed.timestamp ? past + future : 0, scheme.maxAgeSeconds ?? 0);
  const retentionSeconds = wholeNumber('dedupe.retentionSeconds', value, 1, 31_536_000, Math.max(week, least));
  if (retentionSeconds < least) {
    throw optionError(
      'dedupe.retentionSeconds',
      `Expected at least ${least}: for that long the sender still retries, or a captured delivery is still inside the replay window.`,
    );
  }
  return retentionSeconds;
}

function checkOrdering(options: OrderingOptions, store: DedupeStore, provider: Provider): OrderingOptions {
  if (typeof options !== 'object' || options === null) throw optionError('ordering', 'Expected { entity }.');
  requireKnownNames(options, knownOrdering, 'ordering.');
  for (const name of ['entity', 'position'] as const) {
    if (name === 'position' && options.position === undefined) continue;
    if (typeof options[name] !== 'function') {
      throw optionError(`ordering.${name}`, 'Expected a function from a verified event.');
    }
  }
  const { waitSeconds } = options;
  if (waitSeconds !== undefined && !(typeof waitSeconds === 'number' && waitSeconds >= 0 && waitSeconds <= 60)) {
    throw optionError('ordering.waitSeconds', 'Expected a number of seconds from 0 to 60.');
  }
  if (options.position === undefined && provider.eventCreatedAt === undefined) {
    throw optionError(
      'ordering.position',
      `It is not known when an event of ${provider.title ?? provider.name} was created, so older events cannot be recognised. Add position: (event) => an increasing number or Date, or remove ordering.`,
    );
  }
  if (typeof store.raiseWatermark !== 'function') {
    throw optionError('ordering', 'This store has no raiseWatermark().');
  }
  return options;
}

function checkDeadLetter(options: DeadLetterOptions, isArchived: boolean): DeadLetterOptions {
  const isHeld = typeof options?.handle === 'function' || (isArchived && options?.handle === undefined);
  if (typeof options !== 'object' || options === null || !isHeld) {
    throw optionError('deadLetter', 'Expected { afterAttempts, handle }.');
  }
  requireKnownNames(options, knownDeadLetter, 'deadLetter.');
  // Without a number nothing would ever be given up, which cannot be the intention.
  wholeNumber('deadLetter.afterAttempts', options.afterAttempts ?? Number.NaN, 1, 1000, 1);
  return options;
}
