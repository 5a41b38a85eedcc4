/** One reading of a delivery, the changes that may explain it, and the code that tries a reading with the provider's own scheme. */

import type { Delivery } from '../delivery/delivery.ts';
import type { HeaderSource } from '../delivery/header-fields.ts';
import type { PublicUrl } from '../delivery/public-url.ts';
import { isWebhookError, WebhookError } from '../errors.ts';
import type { KeyInput } from '../keys/key.ts';
import type { SecretInput } from '../keys/secret.ts';
import type { Provider } from '../provider/provider.ts';
import type { ReplayTolerance } from '../schemes/replay-window.ts';
import type { BoundScheme, Proof, Scheme } from '../schemes/scheme.ts';
import type { CauseCode } from './causes.ts';

/** Header fields as pairs, names in lower case, repeated ones kept. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** Everything that a verification depends on. */
export interface Situation {
  readonly provider: Provider;
  readonly body: Uint8Array;
  readonly headers: HeaderPairs;
  /** The request target as received. */
  readonly url: string | undefined;
  /** A whole URL that replaces the one from `publicUrl` and the target. */
  readonly address: string | undefined;
  readonly method: string | undefined;
  readonly secrets: SecretInput | undefined;
  readonly keys: KeyInput | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The subject of a change; two of one kind are never combined. */
export type VariantKind = 'body' | 'secrets' | 'url' | 'headers' | 'scheme' | 'provider';

/** One undone change, with its name. */
export interface Variant {
  readonly kind: VariantKind;
  /** Usually one. Several if the change undoes several things. */
  readonly codes: readonly [CauseCode, ...CauseCode[]];
  /** The place, for the last of the codes. */
  readonly at?: string | undefined;
  /** A more specific sentence than that of the table, for the last of the codes. */
  readonly what?: string | undefined;
  readonly change: Partial<Situation>;
}

/** The limits of the search. */
export interface Budget {
  readonly maxAttempts: number;
  readonly maxMilliseconds: number;
  readonly toleranceSeconds: ReplayTolerance;
  readonly publicUrl: PublicUrl | undefined;
}

/** Tries readings and counts them. */
export interface Trier {
  /** The scheme's verdict, ignoring the age of the signed time and the strength of a secret. */
  verify(situation: Situation): Promise<Proof | WebhookError>;
  /** True if the headers have the form that the scheme expects. Computes nothing. */
  isReadable(situation: Situation): boolean;
  /** True if a limit is reached; this also records that something was left untried. */
  isSpent(): boolean;
  readonly attempts: number;
  readonly isExhausted: boolean;
}

/** @throws nothing: an error of the scheme is a result */
export function createTrier(budget: Budget): Trier {
  const startedAt = Date.now();
  const addresses = new WeakMap<object, string>();
  const bound = new WeakMap<Scheme, Map<unknown, Map<unknown, BoundScheme | WebhookError>>>();
  let attempts = 0;
  let isExhausted = false;

  const bind = ({ provider: { scheme }, secrets, keys }: Situation): BoundScheme | WebhookError => {
    const bySecrets = bound.get(scheme) ?? new Map<unknown, Map<unknown, BoundScheme | WebhookError>>();
    bound.set(scheme, bySecrets);
    const byKeys = bySecrets.get(secrets) ?? new Map<unknown, BoundScheme | WebhookError>();
    bySecrets.set(secrets, byKeys);
    const known = byKeys.get(keys);
    if (known !== undefined) return known;
    let made: BoundScheme | WebhookError;
    try {
      made = scheme.bind({
        secrets,
        keys,
        toleranceSeconds: budget.toleranceSeconds,
        ignoreTimestamp: true,
        allowWeakSecrets: true,
        publicUrl: budget.publicUrl,
        addressOf: (head) => addresses.get(head),
      });
    } catch (error) {
      made = asError(error);
    }
    byKeys.set(keys, made);
    return made;
  };
  const deliver = ({ body, headers, url, method, address }: Situation): Delivery => {
    const target = address ?? url;
    const delivery: Delivery = {
      body,
      headers,
      ...(target === undefined ? {} : { url: target }),
      ...(method === undefined ? {} : { method }),
    };
    if (address !== undefined) addresses.set(delivery, address);
    return delivery;
  };

  return {
    async verify(situation) {
      attempts++;
      const scheme = bind(situation);
      if (isWebhookError(scheme)) return scheme;
      try {
        return await scheme.open(deliver(situation), situation.now).verify(situation.body);
      } catch (error) {
        return asError(error);
      }
    },
    isReadable(situation) {
      const scheme = bind(situation);
      if (isWebhookError(scheme)) return true;
      try {
        scheme.open(deliver(situation), situation.now);
        return true;
      } catch {
        return false;
      }
    },
    isSpent() {
      if (attempts < budget.maxAttempts && Date.now() - startedAt < budget.maxMilliseconds) return false;
      isExhausted = true;
      return true;
    },
    get attempts() {
      return attempts;
    },
    get isExhausted() {
      return isExhausted;
    },
  };
}

/** The fields of any header source as pairs; values that are not text are dropped. */
export function pairsOf(source: HeaderSource): HeaderPairs {
  const entries: Iterable<readonly [string, unknown]> = Symbol.iterator in source ? source : Object.entries(source);
  return [...entries].flatMap(([name, value]) =>
    [value].flat().flatMap((one) => (typeof one === 'string' ? [[String(name).toLowerCase(), one] as const] : [])),
  );
}

function asError(error: unknown): WebhookError {
  return isWebhookError(error) ? error : new WebhookError('options_invalid', { at: 'delivery', cause: error });
}
