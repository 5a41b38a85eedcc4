/** A JWK Set at an https URL: fetched rarely, within limits, and still used while the URL fails. */

import { WebhookError } from '../errors.ts';
import { elapsedSince } from '../keys/elapsed-time.ts';
import { isRecord } from '../keys/inline-keys.ts';
import type { Key } from '../keys/key.ts';
import { fetchText, requireRemoteUrl } from '../keys/remote-text.ts';
import { maxSecrets } from '../keys/secret-source.ts';
import { SharedWork } from '../keys/shared-work.ts';
import { positiveSeconds } from '../options/option-values.ts';
import type { PublicKeyAlgorithm } from '../schemes/jwt-description.ts';
import type { CompactToken } from './compact.ts';
import { type KeyFinder, type NamedKey, readTokenKey, type TokenKey } from './token-key.ts';

/** Maximum number of keys in a set. */
export const maxSetKeys = 100;
/** Maximum size of a key set in bytes. */
const maxSetBytes = 262_144;
/** Maximum number of key sets kept for a resolver's URLs. */
const maxSets = 256;

/** The URL of a key set, and the intervals for fetching it. */
export type RemoteKeySource = Extract<Key, { readonly url: string }>;

/** @throws options_invalid for a URL that is not https or leads into a private network, and for numbers out of range */
export function createRemoteKeySet(
  source: RemoteKeySource,
  algorithms: readonly PublicKeyAlgorithm[],
  at: string,
): KeyFinder {
  const set = new RemoteKeySet(source, algorithms, at);
  return (token, now) => set.find(token, now);
}

/** The key sets that a resolver has named, by URL and options, the least recently used first. */
export class RemoteKeySets {
  readonly #sets = new Map<string, RemoteKeySet>();

  /** The key set of a URL, kept across deliveries. @throws options_invalid */
  find(source: RemoteKeySource, algorithms: readonly PublicKeyAlgorithm[], at: string): KeyFinder {
    const { url, cooldownSeconds, maxAgeSeconds, timeoutSeconds, dangerouslyAllowInsecureUrl } = source;
    const name = JSON.stringify([url, cooldownSeconds, maxAgeSeconds, timeoutSeconds, dangerouslyAllowInsecureUrl]);
    const set = this.#sets.get(name) ?? new RemoteKeySet(source, algorithms, at);
    // The resolver may create a new function for each delivery; on Workers only the latest works.
    set.fetch = source.fetch;
    this.#sets.delete(name);
    this.#sets.set(name, set);
    if (this.#sets.size > maxSets) this.#sets.delete(this.#sets.keys().next().value as string);
    return (token, now) => set.find(token, now);
  }
}

/**
 * One key set.
 *
 * All waiting deliveries share one fetch. The next fetch, after success or failure, starts after the cooldown at the earliest. A key that
 * is missing in a set just fetched is unknown (401). A key that is missing in an older set may have been published since, so the response
 * is 503 and the sender will retry.
 */
class RemoteKeySet {
  fetch: typeof globalThis.fetch | undefined;
  readonly #url: string;
  readonly #at: string;
  readonly #algorithms: readonly PublicKeyAlgorithm[];
  readonly #cooldown: number;
  readonly #maxAge: number;
  readonly #timeoutSeconds: number;
  readonly #work = new SharedWork<boolean>();
  #keys: readonly TokenKey[] = [];
  #fetchedAt = Number.NEGATIVE_INFINITY;
  /** Start of the last settled fetch. A fetch that never settles delays no other. */
  #triedAt = Number.NEGATIVE_INFINITY;
  /** The reason why the last fetch failed; undefined if it succeeded. */
  #failure: unknown;
  /** Fetches are numbered, since a slow one may settle after one that started later. */
  #round = 0;
  #keptRound = 0;
  #settledRound = 0;

  constructor(source: RemoteKeySource, algorithms: readonly PublicKeyAlgorithm[], at: string) {
    this.fetch = source.fetch;
    this.#url = requireRemoteUrl(source.url, source.dangerouslyAllowInsecureUrl === true, `${at}.url`);
    this.#at = at;
    this.#algorithms = algorithms;
    this.#cooldown = positiveSeconds(`${at}.cooldownSeconds`, source.cooldownSeconds, 86_400, 30) * 1000;
    this.#maxAge = positiveSeconds(`${at}.maxAgeSeconds`, source.maxAgeSeconds, 31_536_000, 600) * 1000;
    this.#timeoutSeconds = positiveSeconds(`${at}.timeoutSeconds`, source.timeoutSeconds, 60, 5);
  }

  /** @throws key_unknown, key_unavailable */
  async find(token: CompactToken, now: number): Promise<readonly NamedKey[]> {
    const isStale = elapsedSince(this.#fetchedAt, now) >= this.#maxAge;
    let isFresh = isStale && (await this.#refresh(now));
    let found = await this.#lookUp(token);
    if (found.length === 0 && !isStale) {
      isFresh = await this.#refresh(now);
      if (isFresh) found = await this.#lookUp(token);
    }
    if (found.length > 0) return found;
    if (isFresh) throw new WebhookError('key_unknown', { at: this.#at });
    const left = (this.#cooldown - elapsedSince(this.#triedAt, now)) / 1000;
    throw new WebhookError('key_unavailable', {
      at: this.#at,
      retryAfterSeconds: Math.max(1, Math.ceil(left)),
      cause: this.#failure,
    });
  }

  /** True if a set was just fetched, for this delivery or another one. */
  async #refresh(now: number): Promise<boolean> {
    const start = () => (elapsedSince(this.#triedAt, now) < this.#cooldown ? undefined : this.#load(now));
    try {
      return (await this.#work.wait(start, this.#timeoutSeconds))?.value ?? false;
    } catch {
      // It took longer than this delivery can wait.
      return false;
    }
  }

  /** Never rejects. */
  async #load(now: number): Promise<boolean> {
    this.#round++;
    const round = this.#round;
    try {
      const text = await fetchText(this.#url, {
        fetch: this.fetch ?? globalThis.fetch,
        timeoutSeconds: this.#timeoutSeconds,
        maxBytes: maxSetBytes,
        accept: 'application/json',
      });
      const keys = readSet(text, this.#algorithms);
      // A slow fetch must not replace the result of a later one.
      if (round > this.#keptRound) {
        this.#keptRound = round;
        this.#keys = keys;
        this.#fetchedAt = now;
      }
      this.#settle(round, now, undefined);
      return true;
    } catch (error) {
      this.#settle(round, now, error);
      return false;
    }
  }

  #settle(round: number, now: number, failure: unknown): void {
    if (round < this.#settledRound) return;
    this.#settledRound = round;
    this.#triedAt = now;
    this.#failure = failure;
  }

  async #lookUp(token: CompactToken): Promise<readonly NamedKey[]> {
    const algorithm = token.algorithm as PublicKeyAlgorithm;
    const candidates = this.#keys.filter(
      (key) => key.fits(algorithm) && (token.keyId === undefined || key.name === token.keyId),
    );
    const ready: NamedKey[] = [];
    for (const key of candidates.slice(0, maxSecrets)) {
      try {
        ready.push(await key.ready(algorithm, this.#at));
      } catch {
        // The runtime refuses it, so it is skipped like every other unusable key.
      }
    }
    return ready;
  }
}

/** The usable keys of a set. Others (a shared secret, a short RSA key) are skipped. */
function readSet(text: string, algorithms: readonly PublicKeyAlgorithm[]): readonly TokenKey[] {
  const set = parseSet(text);
  const members = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : undefined;
  if (!Array.isArray(members) || members.length > maxSetKeys)
    throw new Error('Expected a JWK Set of at most 100 keys.');
  return members.flatMap((member) => {
    if (!isRecord(member) || typeof member.kty !== 'string') return [];
    const { key } = readTokenKey(member, algorithms, '0');
    return key === undefined ? [] : [key];
  });
}

/** The parser's own error quotes its input. */
function parseSet(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('Expected JSON.');
  }
}
