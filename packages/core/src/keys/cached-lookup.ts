/** Remembers what an app's lookup of secrets or keys has found, so that not every delivery asks the database. */

import type { UnverifiedDelivery } from '../delivery/delivery.ts';
import { optionError, positiveSeconds, requireKnownNames, wholeNumber } from '../options/option-values.ts';
import type { Key, KeyResolver } from './key.ts';
import { type Forget, forgetKey } from './refreshable.ts';
import type { FoundSecrets } from './secret.ts';
import { SharedWork } from './shared-work.ts';

/** Limits of a cache. */
export interface CacheLimits {
  /** Time for which a result is used before the lookup is asked again, in seconds. Default 60, at most 86,400. */
  readonly seconds?: number;
  /**
   * Time for which a result is still used while the lookup fails, in seconds since it was found. Default 3600, at most 604,800; 0 to never do so.
   * A secret that was withdrawn meanwhile is accepted for that long.
   */
  readonly staleSeconds?: number;
  /** Number of results that are kept; the one that was used least recently makes room. Default 1000. */
  readonly maxEntries?: number;
}

/** Options of {@link cachedSecrets}. */
export interface CachedSecretsOptions extends CacheLimits {
  /** Returns the part of a delivery that the lookup needs, such as the tenant in its path; undefined for a delivery that is not to be served. */
  readonly keyOf: (delivery: UnverifiedDelivery) => string | undefined;
  /** Looks the secrets up. An empty array for an unknown key; throws if it cannot tell. */
  readonly find: (key: string) => FoundSecrets | Promise<FoundSecrets>;
}

/** Options of {@link cachedKeys}. */
export interface CachedKeysOptions extends CacheLimits {
  /** Looks the public keys of a key id up. An empty array for an unknown one; throws if it cannot tell. */
  readonly find: (keyId: string | undefined) => Key | readonly Key[] | Promise<Key | readonly Key[]>;
}

/** At least this many seconds pass between two lookups for one key, so a stranger's forgeries cause no more than that. */
const againSeconds = 5;
/** Less than a resolver may take, so that a lookup that hangs counts as one that fails. */
const timeoutSeconds = 4;

/**
 * Makes a secrets function that remembers what it has found.
 *
 * A result is used for `seconds`. If the lookup fails after that, the last result is used until it is `staleSeconds` old. A delivery whose
 * signature does not match asks once more, at most every five seconds for one key, so a secret that was just replaced works at once.
 *
 * @throws options_invalid
 * @example
 * const secrets = cachedSecrets({
 *   keyOf: ({ url = '' }) => url.split('/')[2],
 *   find: async (tenant) => ({ tenant, secrets: await database.secretOf(tenant) }),
 * });
 */
export function cachedSecrets(options: CachedSecretsOptions): (delivery: UnverifiedDelivery) => Promise<FoundSecrets> {
  requireKnownNames(options, new Set(['keyOf', 'find', ...limitNames]), 'cachedSecrets.');
  const { keyOf, find } = options;
  requireFunction(keyOf, 'cachedSecrets.keyOf');
  requireFunction(find, 'cachedSecrets.find');
  const cache = new LookupCache(find, options, 'cachedSecrets');
  const resolve = async (delivery: UnverifiedDelivery): Promise<FoundSecrets> => {
    const key = keyOf(delivery);
    return key === undefined ? [] : cache.get(key);
  };
  const forget: Forget = (delivery, askedAt) => {
    const key = keyOf(delivery);
    return key !== undefined && cache.forget(key, askedAt);
  };
  return Object.defineProperty(resolve, forgetKey, { value: forget });
}

/**
 * Makes a function for `keys` that remembers what it has found for each key id, in the same way as {@link cachedSecrets}. A key set at a
 * URL needs none of this: its own cache is built in.
 *
 * @throws options_invalid
 * @example
 * const keys = cachedKeys({ find: (keyId) => database.publicKeysOf(keyId) });
 */
export function cachedKeys(options: CachedKeysOptions): KeyResolver {
  requireKnownNames(options, new Set(['find', ...limitNames]), 'cachedKeys.');
  const { find } = options;
  requireFunction(find, 'cachedKeys.find');
  const cache = new LookupCache(find, options, 'cachedKeys');
  const resolve: KeyResolver = (keyId) => cache.get(keyId);
  // Which key a delivery names is known only where its scheme reads it.
  const forget: Forget = (_, askedAt) => cache.forgetAll(askedAt);
  return Object.defineProperty(resolve, forgetKey, { value: forget });
}

const limitNames = ['seconds', 'staleSeconds', 'maxEntries'] as const;

function requireFunction(value: unknown, at: string): void {
  if (typeof value !== 'function') throw optionError(at, 'Expected a function.');
}

interface Entry<Found> {
  readonly found: Found;
  readonly at: number;
  readonly isFresh: boolean;
}

/** Results of a lookup by key, least recently used first. Times come from a monotonic clock. */
class LookupCache<Key, Found> {
  readonly #find: (key: Key) => Found | Promise<Found>;
  readonly #seconds: number;
  readonly #staleSeconds: number;
  readonly #maxEntries: number;
  readonly #entries = new Map<Key, Entry<Found>>();
  readonly #running = new Map<Key, SharedWork<Found>>();
  #newestAt = Number.NEGATIVE_INFINITY;
  #forgottenAt = Number.NEGATIVE_INFINITY;

  constructor(find: (key: Key) => Found | Promise<Found>, limits: CacheLimits, at: string) {
    this.#find = find;
    this.#seconds = positiveSeconds(`${at}.seconds`, limits.seconds, 86_400, 60);
    this.#staleSeconds = wholeNumber(`${at}.staleSeconds`, limits.staleSeconds, 0, 604_800, 3600);
    this.#maxEntries = wholeNumber(`${at}.maxEntries`, limits.maxEntries, 1, 1_000_000, 1000);
  }

  async get(key: Key): Promise<Found> {
    const entry = this.#entries.get(key);
    // An unknown key is asked for again soon: the tenant may just have been created.
    const seconds =
      entry !== undefined && isNothing(entry.found) ? Math.min(againSeconds, this.#seconds) : this.#seconds;
    if (entry?.isFresh === true && isYounger(entry, seconds)) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
      return entry.found;
    }
    try {
      return await this.#ask(key);
    } catch (error) {
      if (entry !== undefined && isYounger(entry, this.#staleSeconds)) return entry.found;
      throw error;
    }
  }

  /** @returns false if the result that was used is the newest, and younger than {@link againSeconds} */
  forget(key: Key, usedAt: number): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    if (entry.at >= usedAt) return true;
    if (isYounger(entry, againSeconds)) return false;
    // Kept for the case that the lookup fails.
    this.#entries.set(key, { ...entry, isFresh: false });
    return true;
  }

  /** At most once in {@link againSeconds}: a stranger's forgeries must not go through all entries each time. */
  forgetAll(usedAt: number): boolean {
    const now = performance.now();
    // Forgotten, or found again, since this delivery was checked: it may have been checked with the older ones.
    if (now - this.#forgottenAt < againSeconds * 1000) return Math.max(this.#forgottenAt, this.#newestAt) >= usedAt;
    this.#forgottenAt = now;
    return [...this.#entries.keys()].map((key) => this.forget(key, usedAt)).includes(true);
  }

  async #ask(key: Key): Promise<Found> {
    const work = this.#running.get(key) ?? new SharedWork<Found>();
    this.#running.set(key, work);
    try {
      const { value } = (await work.wait(async () => this.#find(key), timeoutSeconds)) as { readonly value: Found };
      this.#keep(key, value);
      return value;
    } finally {
      if (work.isIdle) this.#running.delete(key);
    }
  }

  #keep(key: Key, found: Found): void {
    // A bug of the lookup is reported as such, each time.
    if (found === undefined || found === null) return;
    this.#entries.delete(key);
    this.#newestAt = performance.now();
    this.#entries.set(key, { found, at: this.#newestAt, isFresh: true });
    if (this.#entries.size > this.#maxEntries) this.#entries.delete(this.#entries.keys().next().value as Key);
  }
}

const isNothing = (found: unknown) => Array.isArray(found) && found.length === 0;

const isYounger = ({ at }: { readonly at: number }, seconds: number) => performance.now() - at < seconds * 1000;
