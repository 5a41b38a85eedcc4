/** How a receiver uses its store: leases, retention, mode, order, dead letters; and the checks of these options. */

import type { WebhookEvent } from '../event/event.ts';
import { positiveSeconds, refuseOption, requireKnownNames, wholeNumber } from '../options/option-values.ts';
import type { Provider } from '../provider/provider.ts';
import type { ReplayTolerance } from '../schemes/replay-window.ts';
import type { DeadLetterInfo, DedupeStore, TransactionalStore } from './store.ts';

/** How duplicates are kept from running twice. */
export interface DedupeOptions {
  readonly store: DedupeStore;
  /**
   * Names what this receiver serves inside the store, such as `billing`. Required unless the store is `local`; default there: the
   * provider's name. The processes of one app share theirs, and two receivers of the same provider need two: with one they
   * would take each other's events for duplicates.
   *
   * A text and never a function: nothing about a delivery may choose the namespace of its record before it is verified. For
   * several tenants behind one receiver use {@link secretsByTenant}; the tenant whose secret matched is part of the record's key.
   *
   * @throws options_invalid
   */
  readonly namespace?: string;
  /**
   * How long a claim lasts without being renewed, in seconds; renewed at a third of it while the handler runs.
   *
   * 1 to 3 600. Default 30, or half the sender's last retry delay where that is shorter; never more than that half, so
   * that a crash has freed the claim when the last retry comes.
   */
  readonly leaseSeconds?: number;
  /**
   * How long a completed event is remembered, in seconds.
   *
   * At least the sender's retry horizon with an hour for late retries, both sides of the replay window, and the greatest age of a
   * token (`maxAgeSeconds`). Default seven days, or those where they are longer. A token that has an `exp` alone and lives longer
   * than this could run again in the end.
   */
  readonly retentionSeconds?: number;
  /**
   * `lease` (default): at least once. A crash between the handler's effect and the completion runs the handler again.
   *
   * `transactional`: the handler gets an open transaction in `context.transaction`. What it writes there and the record
   * that the event is done commit together, guarded by the claim's token, so those writes take effect once. Whatever it
   * does outside of that transaction is at least once, as in `lease`. Needs a store over PostgreSQL, MySQL or SQLite.
   */
  readonly mode?: 'lease' | 'transactional';
  /**
   * The app's own identity of an event, in place of the signed id or the body's digest; where the function gives `undefined`, the
   * preset's own counts. What it reads from a header may be anybody's: only what the signature covers is safe.
   *
   * `'strict'`: only what is signed counts, also where two events of the sender can have the same bytes. The second of two such
   * events is then a duplicate. Where no body is signed but a nonce or a token with `jti` is, that is the event. Without it an unsigned delivery id is joined where the sender has one that is the same in every
   * attempt, and where nothing tells such events apart each delivery runs.
   */
  readonly identity?: ((event: WebhookEvent) => string | undefined) | 'strict';
  /** Longest wait for one answer of the store, in seconds. Above 0, up to 60; default 5. */
  readonly timeoutSeconds?: number;
}

/**
 * A watermark per entity: an event older than one that was handled is not run; its outcome is `stale`, answered 200.
 *
 * Events of one entity run one at a time. For senders whose events carry the whole state; where each reports a change,
 * dropping an older one loses that change.
 */
export interface OrderingOptions {
  /** What the event is about, such as an order's id, unique within the namespace. Undefined: this event is not guarded. */
  readonly entity: (event: WebhookEvent) => string | undefined;
  /**
   * Where the event stands: a number or Date that rises. Undefined: not guarded.
   *
   * Default: the event's `createdAt`. Has to be given for a sender whose preset has no `eventCreatedAt`.
   */
  readonly position?: (event: WebhookEvent) => number | Date | undefined;
  /** How long a delivery waits for its turn behind another of the same entity, in seconds. 0 to 60; default 2. */
  readonly waitSeconds?: number;
}

/**
 * What becomes of an event whose attempts all failed, crashed ones included, or one of them with a status after which the sender is
 * known not to come again (`retries.retriedOn` and `retries.finalOn` of its preset).
 */
export interface DeadLetterOptions {
  /** The number of attempts, from 1 to 1 000, after which the event is given up. */
  readonly afterAttempts: number;
  /**
   * Puts the event away. When it resolves, the event counts as handled and the sender hears 200; when it throws, the
   * delivery failed and the next attempt asks again.
   */
  readonly handle: (event: WebhookEvent, info: DeadLetterInfo) => void | Promise<void>;
}

/** The options with every default filled in. */
export interface CheckedDedupe {
  readonly store: DedupeStore;
  readonly namespace: string;
  readonly leaseSeconds: number;
  readonly retentionSeconds: number;
  readonly timeoutSeconds: number;
  /** The same store where completions commit with the handler's writes. */
  readonly transactional: TransactionalStore | undefined;
  readonly identity: ((event: WebhookEvent) => string | undefined) | undefined;
  readonly isStrict: boolean;
  readonly ordering: OrderingOptions | undefined;
  readonly deadLetter: DeadLetterOptions | undefined;
}

const known = new Set(['store', 'namespace', 'leaseSeconds', 'retentionSeconds', 'mode', 'identity', 'timeoutSeconds']);
const knownOrdering = new Set(['entity', 'position', 'waitSeconds']);
const knownDeadLetter = new Set(['afterAttempts', 'handle']);
const week = 604_800;
const defaultLeaseSeconds = 30;

/** What an app says of its store and of what is done with events by it. */
export interface ClaimOptions {
  readonly dedupe: DedupeOptions;
  readonly ordering: OrderingOptions | undefined;
  readonly deadLetter: DeadLetterOptions | undefined;
}

/** @throws options_invalid */
export function checkDedupe(
  { dedupe: options, ordering, deadLetter }: ClaimOptions,
  provider: Provider,
  toleranceSeconds: ReplayTolerance,
): CheckedDedupe {
  requireKnownNames(options, known, 'dedupe.');
  const { store, mode = 'lease', identity } = options;
  for (const method of ['claim', 'extend', 'complete', 'release'] as const) {
    if (typeof store?.[method] !== 'function') throw refuseOption('dedupe.store', `It has no ${method}().`);
  }
  if (mode !== 'lease' && mode !== 'transactional') {
    throw refuseOption('dedupe.mode', 'It takes lease or transactional.');
  }
  if (mode === 'transactional' && typeof (store as TransactionalStore).transact !== 'function') {
    throw refuseOption(
      'dedupe.mode',
      'This store has no transactions to share with a handler. postgresStore and mysqlStore over a pool do, and sqliteStore.',
    );
  }
  if (mode === 'transactional') (store as TransactionalStore).requireTransactions?.();
  if (identity !== undefined && identity !== 'strict' && typeof identity !== 'function') {
    throw refuseOption('dedupe.identity', "Expected a function from a verified event to a text, or 'strict'.");
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
    deadLetter: deadLetter === undefined ? undefined : checkDeadLetter(deadLetter),
  };
}

function checkNamespace(value: unknown, store: DedupeStore, { name }: Provider): string {
  if (value === undefined && store.local === true) return name;
  if (value === undefined)
    throw refuseOption(
      'dedupe.namespace',
      `Other receivers may use this store, so say what this one serves: dedupe: { store, namespace: '${name}' }. The processes of one app share theirs; two receivers with one namespace take each other's events for duplicates.`,
    );
  if (typeof value === 'function')
    throw refuseOption(
      'dedupe.namespace',
      'Expected a name, not a function: an unverified delivery must not choose where it is remembered. For several tenants use secrets: secretsByTenant({ ... }, tenantOf); the tenant becomes part of the key.',
    );
  if (typeof value !== 'string' || value.trim() === '')
    throw refuseOption('dedupe.namespace', 'Expected a text that is not empty.');
  return value;
}

function checkLease(value: unknown, { retries }: Provider): number {
  const lastDelay = retries?.delaysSeconds?.at(-1);
  const most = lastDelay === undefined ? 3600 : Math.min(3600, Math.max(1, Math.floor(lastDelay / 2)));
  const leaseSeconds = wholeNumber('dedupe.leaseSeconds', value, 1, 3600, Math.min(defaultLeaseSeconds, most));
  if (leaseSeconds > most) {
    throw refuseOption(
      'dedupe.leaseSeconds',
      `It takes at most ${most}: the sender's last retry comes ${lastDelay} s after the one before, and a crash must have freed the claim by then. Claims are renewed while a handler runs, so a short lease is enough for a long run.`,
    );
  }
  return leaseSeconds;
}

/** How much later than its schedule says the last retry may come; a record that ends with the schedule would let it run again. */
const lateRetrySeconds = 3600;

function checkRetention(value: unknown, provider: Provider, { past, future }: ReplayTolerance): number {
  const { retries, scheme } = provider;
  const horizon = retries?.horizonSeconds === undefined ? 0 : retries.horizonSeconds + lateRetrySeconds;
  const least = Math.max(horizon, scheme.signed.timestamp ? past + future : 0, scheme.maxAgeSeconds ?? 0);
  const retentionSeconds = wholeNumber('dedupe.retentionSeconds', value, 1, 31_536_000, Math.max(week, least));
  if (retentionSeconds < least) {
    throw refuseOption(
      'dedupe.retentionSeconds',
      `It has to be at least ${least}: the sender still retries, or a captured delivery is still inside the replay window, for that long.`,
    );
  }
  return retentionSeconds;
}

function checkOrdering(options: OrderingOptions, store: DedupeStore, provider: Provider): OrderingOptions {
  if (typeof options !== 'object' || options === null) throw refuseOption('ordering', 'It takes { entity }.');
  requireKnownNames(options, knownOrdering, 'ordering.');
  for (const name of ['entity', 'position'] as const) {
    if (name === 'position' && options.position === undefined) continue;
    if (typeof options[name] !== 'function') {
      throw refuseOption(`ordering.${name}`, 'It takes a function from a verified event.');
    }
  }
  const { waitSeconds } = options;
  if (waitSeconds !== undefined && !(typeof waitSeconds === 'number' && waitSeconds >= 0 && waitSeconds <= 60)) {
    throw refuseOption('ordering.waitSeconds', 'It takes a number of seconds from 0 to 60.');
  }
  if (options.position === undefined && provider.eventCreatedAt === undefined) {
    throw refuseOption(
      'ordering.position',
      `Nothing is known of when an event of ${provider.title ?? provider.name} came about, so no event could be told to be older. Give position: (event) => a number or Date that rises, or leave ordering out.`,
    );
  }
  if (typeof store.raiseWatermark !== 'function') {
    throw refuseOption('ordering', 'This store has no raiseWatermark().');
  }
  return options;
}

function checkDeadLetter(options: DeadLetterOptions): DeadLetterOptions {
  if (typeof options !== 'object' || options === null || typeof options.handle !== 'function') {
    throw refuseOption('deadLetter', 'It takes { afterAttempts, handle }.');
  }
  requireKnownNames(options, knownDeadLetter, 'deadLetter.');
  // Without a number nothing would ever be given up, which is not what somebody who writes this means.
  wholeNumber('deadLetter.afterAttempts', options.afterAttempts ?? Number.NaN, 1, 1000, 1);
  return options;
}
