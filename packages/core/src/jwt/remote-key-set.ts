/** A JWK Set at an https address: fetched seldom, within bounds, and used on while the address fails. */

import type { JSONWebKeySet } from 'jose';
import { WebhookError } from '../errors.ts';
import { fetchText, requireRemoteUrl } from '../remote-text.ts';
import type { Key } from '../schemes/scheme.ts';
import type { CompactToken } from './compact.ts';
import { createLocalFinder, type KeyFinder, requirePublicJwk } from './jwk-set.ts';

/** Largest key set in bytes, and most keys in it. */
const maxSetBytes = 262_144;
const maxSetKeys = 100;

type RemoteKey = Extract<Key, { readonly url: string }>;

/**
 * Looks keys up in a fetched set.
 *
 * One fetch serves all who wait for it, and the next one, after success or failure, comes no sooner than the cooldown.
 * A key that is unknown right after a fetch is unknown (401); one that is unknown within the cooldown may have been
 * published since, so the sender is asked to come back (503).
 *
 * @throws options_invalid when the address is not https, or is one inside a private network
 */
export function createRemoteKeySet(remote: RemoteKey, at: string): KeyFinder {
  const url = requireRemoteUrl(remote.url, remote.dangerouslyAllowInsecureUrl === true, `${at}.url`);
  const cooldown = (remote.cooldownSeconds ?? 30) * 1000;
  const maxAge = (remote.maxAgeSeconds ?? 600) * 1000;
  const timeout = remote.timeoutSeconds ?? 5;
  for (const [name, value] of Object.entries({ cooldown, maxAge, timeout })) {
    if (!(Number.isFinite(value) && value > 0)) {
      throw new WebhookError('options_invalid', {
        at: `${at}.${name}Seconds`,
        hint: 'It takes a positive number of seconds.',
      });
    }
  }
  let find: ReturnType<typeof createLocalFinder> | undefined;
  let fetchedAt = -Infinity;
  let triedAt = -Infinity;
  let pending: Promise<boolean> | undefined;

  /** Whether a fetch, one's own or another's, has just succeeded. */
  const refresh = (now: number): Promise<boolean> => {
    if (pending !== undefined) return pending;
    if (now - triedAt < cooldown) return Promise.resolve(false);
    triedAt = now;
    pending = fetchSet(url, remote.fetch ?? globalThis.fetch, timeout)
      .then(
        (set) => {
          find = createLocalFinder(set, '0');
          fetchedAt = now;
          return true;
        },
        () => false,
      )
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };

  return async (token: CompactToken, now: number) => {
    let isFresh = now - fetchedAt < maxAge ? false : await refresh(now);
    const known = await find?.(token);
    if (known !== undefined) return known;
    if (!isFresh) {
      isFresh = await refresh(now);
      const found = isFresh ? await find?.(token) : undefined;
      if (found !== undefined) return found;
    }
    if (isFresh) throw new WebhookError('key_unknown', { at });
    throw new WebhookError('key_unavailable', {
      at,
      retryAfterSeconds: Math.max(1, Math.ceil((triedAt + cooldown - now) / 1000)),
    });
  };
}

async function fetchSet(url: string, fetch: typeof globalThis.fetch, timeoutSeconds: number): Promise<JSONWebKeySet> {
  const text = await fetchText(url, { fetch, timeoutSeconds, maxBytes: maxSetBytes, accept: 'application/json' });
  const set: unknown = JSON.parse(text);
  const keys = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : undefined;
  if (!Array.isArray(keys) || keys.length > maxSetKeys) throw new Error('is no key set, or a too large one');
  // A key that cannot be used here (a shared secret, a short RSA key) is passed over, not a reason to lose the others.
  const usable = keys.filter((key) => {
    try {
      requirePublicJwk(key, 'key set');
      return true;
    } catch {
      return false;
    }
  });
  return { keys: usable };
}
