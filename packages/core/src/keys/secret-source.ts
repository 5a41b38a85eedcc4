/** Holds shared secrets: checks them when a receiver is built, keeps several for rotation, never reveals one. */

import type { Delivery } from '../delivery/delivery.ts';
import { WebhookError } from '../errors.ts';
import { requireNames, secretError } from '../options/option-values.ts';
import { askResolver } from './ask-resolver.ts';
import { decodeReadings, type SecretFormat } from './decode-secret.ts';
import { type Secret, type SecretInput, tenantsOf } from './secret.ts';
import { createSecretMark, type SecretMark, type SecretMarks } from './secret-mark.ts';

/** A checked secret in the form that its scheme uses. */
export interface HeldSecret<Key> {
  readonly id: string;
  readonly key: Key;
  /** The tenant whose secret it is, if a resolver named one. */
  readonly tenant?: string | undefined;
  readonly marks: SecretMarks;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Maximum number of secrets of one receiver, or in one result of a resolver. */
export const maxSecrets = 8;
const preparedLimit = 256;

/** Finds the secrets that are valid for one delivery. */
export interface SecretSource<Key> {
  /** Never empty. @throws key_unknown, key_unavailable, secret_invalid */
  active(now: number, delivery: Delivery): readonly HeldSecret<Key>[] | Promise<readonly HeldSecret<Key>[]>;
  /** The key bytes of the secrets that are known when the receiver is built; none for a resolver. */
  readonly fixed: readonly Uint8Array[];
}

/**
 * Checks and prepares secrets for a scheme.
 *
 * @param makeKey turns key bytes into the key that the scheme verifies with; called once per secret
 * @param combine combines two keys into one, for a secret that the sender uses in two ways
 * @throws secret_invalid for a missing, short, malformed or placeholder secret
 */
export function createSecretSource<Key>(
  input: SecretInput,
  format: SecretFormat,
  allowWeak: boolean,
  makeKey: (bytes: Uint8Array) => Key,
  combine?: (keys: readonly Key[]) => Key,
): SecretSource<Key> {
  const prepare = (value: unknown, at: string, known?: Uint8Array[]): Prepared<Key> => {
    const readings = decodeReadings(value, format, allowWeak, at);
    known?.push(...readings);
    const keys = readings.map(makeKey);
    const [only] = keys;
    const key = keys.length === 1 || combine === undefined ? (only as Key) : combine(keys);
    return { key, mark: createSecretMark(readings[0] as Uint8Array) };
  };
  if (typeof input === 'function') {
    const tenants = tenantsOf(input);
    tenants?.requireNames();
    for (const [at, secrets] of tenants?.list() ?? []) {
      requireNames(secrets, namesOfSecret, at);
      checkAll(secrets, at, (value, place) => decodeReadings(value, format, allowWeak, place));
    }
    return { active: createResolver(input, prepare), fixed: [] };
  }
  // Not of a function: what it returns may be a row of a table, with other columns.
  requireNames(input, namesOfSecret, 'secrets');
  const fixed: Uint8Array[] = [];
  const held = holdAll(input, 'secrets', (value, at) => prepare(value, at, fixed));
  const isDated = held.some(({ notBefore, notAfter }) => notBefore !== -Infinity || notAfter !== Infinity);
  return { active: isDated ? (now) => requireActive(held, now) : () => held, fixed };
}

const namesOfSecret = { id: null, value: null, notBefore: null, notAfter: null };

/** A key, and the mark of its secret. */
interface Prepared<Key> {
  readonly key: Key;
  readonly mark: SecretMark;
}

/**
 * Refuses values that are known to be something else, such as an API key: otherwise every delivery would be refused for no visible reason.
 * Checks the secrets that are known when a receiver is built.
 *
 * @param wrong beginnings of such values, each with its meaning: `{ sk_: 'an API key' }`
 * @throws secret_invalid
 */
export function refuseWrongKinds(
  input: SecretInput | undefined,
  wrong: Readonly<Record<string, string>>,
  help: string | undefined,
): void {
  if (input === undefined) return;
  if (typeof input === 'function') {
    for (const [at, secrets] of tenantsOf(input)?.list() ?? []) refuseWrongKind(secrets, at, wrong, help);
  } else refuseWrongKind(input, 'secrets', wrong, help);
}

function refuseWrongKind(
  input: Secret | readonly Secret[],
  place: string,
  wrong: Readonly<Record<string, string>>,
  help: string | undefined,
): void {
  const list: readonly unknown[] = Array.isArray(input) ? input : [input];
  for (const [index, entry] of list.entries()) {
    const at = list.length === 1 ? place : `${place}[${index}]`;
    const value = typeof entry === 'string' ? entry : (entry as { value?: unknown } | null)?.value;
    const [start, kind] = Object.entries(wrong).find(
      ([beginning]) => typeof value === 'string' && value.startsWith(beginning),
    ) ?? [undefined];
    if (start === undefined) continue;
    const expected =
      help === undefined ? 'the secret of the webhook' : `${help.charAt(0).toLowerCase()}${help.slice(1)}`;
    throw secretError(
      at,
      `Starts with ${start}, which is the prefix of ${kind}. Expected ${expected.replace(/\.?$/, '.')}`,
    );
  }
}

/** Secrets by name, during their validity. @throws secret_invalid */
function holdAll<Key>(
  input: unknown,
  at: string,
  prepare: (value: unknown, at: string) => Prepared<Key>,
): readonly HeldSecret<Key>[] {
  const checked = checkAll(input, at, prepare);
  const known = checked.map(({ prepared }) => prepared.mark);
  return checked.map(({ id, prepared: { key, mark }, notBefore, notAfter }) => ({
    id,
    key,
    tenant: undefined,
    marks: { own: mark, known },
    notBefore,
    notAfter,
  }));
}

/** Parses a list of secrets and prepares each value. @throws secret_invalid */
function checkAll<Result>(input: unknown, at: string, prepare: (value: unknown, at: string) => Result) {
  const list: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (list.length === 0) throw secretError(at, 'The list is empty.');
  if (list.length > maxSecrets) {
    throw secretError(at, `There are more than ${maxSecrets}; remove the oldest.`);
  }
  const held = list.map((entry, index) => {
    const place = list.length === 1 ? at : `${at}[${index}]`;
    const described = describeSecret(entry, place);
    return {
      id: described.id ?? String(index),
      prepared: prepare(described.value, place),
      notBefore: instantOf(described.notBefore, `${place}.notBefore`, -Infinity),
      notAfter: instantOf(described.notAfter, `${place}.notAfter`, Infinity),
    };
  });
  if (new Set(held.map(({ id }) => id)).size !== held.length) {
    throw secretError(at, 'Two secrets have the same id.');
  }
  return held;
}

function describeSecret(
  entry: unknown,
  at: string,
): { id?: string; value: unknown; notBefore?: unknown; notAfter?: unknown } {
  if (typeof entry !== 'object' || entry === null || ArrayBuffer.isView(entry)) return { value: entry };
  const described = entry as { id?: unknown; value: unknown };
  if (described.id !== undefined && (typeof described.id !== 'string' || described.id === '')) {
    throw secretError(`${at}.id`, 'Expected a non-empty string as the id.');
  }
  if (!('value' in described)) throw secretError(at, 'It has no value.');
  return described as { id?: string; value: unknown };
}

function instantOf(value: unknown, at: string, otherwise: number): number {
  if (value === undefined) return otherwise;
  const instant = value instanceof Date ? value.getTime() : Number.NaN;
  if (Number.isNaN(instant)) throw secretError(at, 'Expected a valid Date.');
  return instant;
}

function requireActive<Key>(held: readonly HeldSecret<Key>[], now: number): readonly HeldSecret<Key>[] {
  const active = held.filter(({ notBefore, notAfter }) => notBefore <= now && now <= notAfter);
  if (active.length === 0) {
    throw secretError('secrets', 'None of them is valid at this time.');
  }
  return active;
}

function createResolver<Key>(
  resolve: Extract<SecretInput, (...given: never[]) => unknown>,
  prepareKey: (value: unknown, at: string) => Prepared<Key>,
): SecretSource<Key>['active'] {
  // Recently prepared keys, oldest first. Unknown secrets of a resolver are not kept, so strangers cannot fill it.
  const prepared = new Map<string, Prepared<Key>>();
  const prepare = (value: unknown, at: string): Prepared<Key> => {
    const known = typeof value === 'string' ? prepared.get(value) : undefined;
    if (known !== undefined) return known;
    const key = prepareKey(value, at);
    if (typeof value === 'string') {
      prepared.set(value, key);
      if (prepared.size > preparedLimit) prepared.delete(prepared.keys().next().value as string);
    }
    return key;
  };
  return async (now, delivery) => {
    const answer = await askResolver('secrets()', resolve, delivery);
    if (Array.isArray(answer) && answer.length === 0) throw new WebhookError('key_unknown');
    if (!isOfTenant(answer)) return requireActive(holdAll(answer, 'secrets()', prepare), now);
    const { tenant, secrets } = answer;
    if (typeof tenant !== 'string' || tenant === '') {
      throw secretError('secrets().tenant', 'Expected a non-empty name.');
    }
    if (Array.isArray(secrets) && secrets.length === 0) throw new WebhookError('key_unknown');
    return requireActive(holdAll(secrets, 'secrets()', prepare), now).map((held) => ({ ...held, tenant }));
  };
}

function isOfTenant(answer: unknown): answer is { readonly tenant: unknown; readonly secrets: unknown } {
  return typeof answer === 'object' && answer !== null && !ArrayBuffer.isView(answer) && 'secrets' in answer;
}
