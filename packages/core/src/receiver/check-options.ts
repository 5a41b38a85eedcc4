/** Checks the options of a receiver, and fills in the defaults. */

import type { Archive } from '../archive/archive.ts';
import { type ArchiveProtocol, archiveProtocolOf } from '../archive/archive-protocol.ts';
import type { CheckedDedupe, ClaimOptions } from '../claims/dedupe-options.ts';
import type { DedupeStore } from '../claims/store.ts';
import type { PublicUrl } from '../delivery/public-url.ts';
import { encodeUtf8 } from '../encoding.ts';
import { isWebhookError } from '../errors.ts';
import type { StandardSchemaV1 } from '../event/standard-schema.ts';
import { type ClaimProtocol, protocolOf } from '../handling/claim-protocol.ts';
import type { Outcome } from '../handling/outcome.ts';
import { decodeSecret } from '../keys/decode-secret.ts';
import type { KeyInput } from '../keys/key.ts';
import type { SecretInput } from '../keys/secret.ts';
import { refuseWrongKinds } from '../keys/secret-source.ts';
import {
  ignoreRejection,
  optionError,
  positiveSeconds,
  requireKnownNames,
  secretError,
  wholeNumber,
} from '../options/option-values.ts';
import { requireProvider } from '../provider/check-provider.ts';
import { type HandshakeOptions, type HandshakeProtocol, handshakesKey } from '../provider/handshake.ts';
import { isDefined } from '../provider/preset.ts';
import type { Provider } from '../provider/provider.ts';
import { requireFeatures, requireUsable } from '../provider/usable-provider.ts';
import { defaultToleranceSeconds, type ReplayTolerance, requireTolerance } from '../schemes/replay-window.ts';
import { type Logger, writeLine } from './logger.ts';
import { type Observer, observerKey } from './observer.ts';
import { ignoreWarnings, type ReceiverPolicy, type ReceiverWarning } from './receiver-options.ts';

/** The options with all defaults filled in. */
export interface CheckedOptions {
  readonly provider: Provider;
  readonly secrets: SecretInput | undefined;
  readonly keys: KeyInput | undefined;
  /** Identifies the receiver in a store and in messages. */
  readonly namespace: string;
  readonly toleranceSeconds: ReplayTolerance;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutSeconds: number;
  readonly dedupe: CheckedDedupe | undefined;
  /** The code from the store of `dedupe`. */
  readonly claims: ClaimProtocol | undefined;
  /** The code from the archive. */
  readonly archiving: ArchiveProtocol | undefined;
  /** True if the app itself named the namespace. */
  readonly isNamed: boolean;
  /** The archive itself, for tools. */
  readonly archive: Archive | undefined;
  readonly schemas: ReadonlyMap<string, StandardSchemaV1>;
  readonly onOutcome: ((outcome: Outcome) => void) | undefined;
  readonly observers: readonly Observer[];
  readonly logger: Logger;
  readonly onWarning: (warning: ReceiverWarning) => void;
  readonly clock: (() => Date) | undefined;
  readonly handlerTimeoutSeconds: number;
  readonly handshakes: HandshakeOptions;
  /** The code from the provider's handshakes. */
  readonly answering: HandshakeProtocol | undefined;
  readonly requiredHeaders: readonly (readonly [name: string, value: Uint8Array])[];
  readonly publicUrl: PublicUrl | undefined;
  readonly acceptAssumptions: boolean;
  readonly ignoreTimestamp: boolean;
  readonly allowWeakSecrets: boolean;
}

const known = new Set([
  'provider',
  'secrets',
  'keys',
  'toleranceSeconds',
  'maxBodyBytes',
  'bodyTimeoutSeconds',
  'dedupe',
  'ordering',
  'deadLetter',
  'archive',
  'schemas',
  'onOutcome',
  'observe',
  'logger',
  'onWarning',
  'clock',
  'handlerTimeoutSeconds',
  'handshakes',
  'requiredHeaders',
  'publicUrl',
  'acceptAssumptions',
  'dangerouslyIgnoreTimestamp',
  'dangerouslyAllowWeakSecrets',
]);

/** @throws options_invalid, secret_invalid: with the option's name and the expected values, never with the value */
export function checkOptions(options: unknown): CheckedOptions {
  if (typeof options !== 'object' || options === null) throw optionError('options', 'Expected { provider, secrets }.');
  const given = options as ReceiverPolicy & { provider: Provider; secrets?: SecretInput; keys?: KeyInput };
  requireKnownNames(given, known);
  const { provider } = given;
  requireUsable(provider);
  requireDefined(provider);
  requireFeatures(provider);
  requireMaterial(provider, given);
  if (given.dangerouslyAllowWeakSecrets !== true)
    refuseWrongKinds(given.secrets, provider.wrongSecrets ?? {}, provider.secretHelp);
  const toleranceSeconds =
    given.toleranceSeconds === undefined
      ? requireTolerance(provider.toleranceSeconds ?? defaultToleranceSeconds, 'provider.toleranceSeconds')
      : requireTolerance(given.toleranceSeconds, 'toleranceSeconds');
  for (const name of ['onOutcome', 'onWarning', 'clock'] as const) {
    if (given[name] !== undefined && typeof given[name] !== 'function') throw optionError(name, 'Expected a function.');
  }
  for (const name of ['acceptAssumptions', 'dangerouslyIgnoreTimestamp', 'dangerouslyAllowWeakSecrets'] as const) {
    if (given[name] !== undefined && typeof given[name] !== 'boolean')
      throw optionError(name, 'Expected true or false.');
  }
  const claimOptions = claimOptionsOf(given);
  const claims = claimOptions === undefined ? undefined : requireProtocol(claimOptions.dedupe.store);
  const dedupe = claimOptions && claims?.check(claimOptions, provider, toleranceSeconds);
  const answering = provider.handshakes?.[handshakesKey];
  answering?.checkOptions(given.handshakes ?? {});
  const namespace = dedupe?.namespace ?? provider.name;
  const { logger = console } = given;
  if (typeof logger?.warn !== 'function' || typeof logger.error !== 'function')
    throw optionError('logger', 'Expected a logger with the methods warn and error: console, pino(), app.log.');
  const { archive } = given;
  return {
    provider,
    secrets: given.secrets,
    keys: given.keys,
    toleranceSeconds,
    maxBodyBytes: wholeNumber('maxBodyBytes', given.maxBodyBytes, 1, 2 ** 31, 1_048_576),
    bodyTimeoutSeconds: positiveSeconds('bodyTimeoutSeconds', given.bodyTimeoutSeconds, 600, 10),
    dedupe,
    claims,
    archiving: archive === undefined ? undefined : requireArchive(archive),
    archive,
    isNamed: claimOptions?.dedupe.namespace !== undefined,
    namespace,
    schemas: checkSchemas(given.schemas),
    onOutcome: given.onOutcome as CheckedOptions['onOutcome'],
    observers: observersIn(given.observe),
    logger,
    onWarning: given.onWarning === undefined ? warnOnce(logger, namespace) : quietly(given.onWarning),
    clock: given.clock,
    handlerTimeoutSeconds: positiveSeconds(
      'handlerTimeoutSeconds',
      given.handlerTimeoutSeconds,
      3600,
      provider.responseDeadlineSeconds ?? 30,
    ),
    handshakes: given.handshakes ?? {},
    answering,
    requiredHeaders: checkRequiredHeaders(given.requiredHeaders ?? {}, given.dangerouslyAllowWeakSecrets === true),
    publicUrl: given.publicUrl,
    acceptAssumptions: given.acceptAssumptions === true,
    ignoreTimestamp: given.dangerouslyIgnoreTimestamp === true,
    allowWeakSecrets: given.dangerouslyAllowWeakSecrets === true,
  };
}

/**
 * Checks a provider that is a copy of another, `{ ...stripe, toleranceSeconds: 60 }`, except in production: there bundlers drop the check,
 * and it ran during development.
 *
 * @throws options_invalid
 */
function requireDefined(provider: Provider): void {
  if (isDefined(provider)) return;
  try {
    // Written out, so that bundlers for production see it.
    if (process.env.NODE_ENV !== 'production') requireProvider(provider);
  } catch (error) {
    // A runtime without process, or Deno without a permission.
    if (isWebhookError(error)) throw error;
  }
}

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

/** A plain store means `{ store }`. @throws options_invalid */
function claimOptionsOf({ dedupe, ordering, deadLetter, archive }: ReceiverPolicy): ClaimOptions | undefined {
  if (dedupe === undefined) {
    if (ordering !== undefined) throw optionError('ordering', 'ordering needs dedupe: a store that keeps positions.');
    if (deadLetter !== undefined)
      throw optionError('deadLetter', 'deadLetter needs dedupe: a store that counts attempts.');
    return undefined;
  }
  if (typeof dedupe !== 'object' || dedupe === null) {
    const call = typeof dedupe === 'function' ? ' This is a function: call it, as in dedupe: memoryStore().' : '';
    throw optionError('dedupe', `Expected a store, or { store, ... }.${call}`);
  }
  return {
    dedupe: 'claim' in dedupe ? { store: dedupe } : dedupe,
    ordering,
    deadLetter,
    isArchived: archive !== undefined,
  };
}

/** @throws options_invalid */
function requireProtocol(store: DedupeStore | undefined): ClaimProtocol {
  if (typeof store !== 'object' || store === null)
    throw optionError(
      'dedupe.store',
      'Expected a store, such as memoryStore(). A client or a pool is passed to one of @countersign/stores: postgresStore(pool).',
    );
  const protocol = protocolOf(store);
  if (protocol !== undefined) return protocol;
  throw optionError(
    'dedupe.store',
    'Pass the methods of your own store to defineStore({ claim, extend, complete, release }), of the same version of @countersign/core.',
  );
}

/** @throws options_invalid */
function requireArchive(archive: Archive): ArchiveProtocol {
  const protocol = archiveProtocolOf(archive);
  if (protocol === undefined) throw optionError('archive', 'Expected an archive of @countersign/stores.');
  return protocol;
}

function requireMaterial(
  { name, scheme }: Provider,
  given: { readonly secrets?: unknown; readonly keys?: unknown },
): void {
  const takes = (one: 'secrets' | 'keys') => scheme.material === one || scheme.material === 'both';
  const others = { secrets: 'keys', keys: 'secrets' } as const;
  for (const one of ['keys', 'secrets'] as const) {
    const other = others[one];
    if (takes(other) && !takes(one) && given[one] !== undefined && given[other] === undefined)
      throw optionError(one, `${name} is verified with ${other}: pass it as ${other}.`);
  }
  for (const one of ['secrets', 'keys'] as const) {
    if (!takes(one) || (given[one] !== undefined && given[one] !== null)) continue;
    const what = one === 'secrets' ? 'the signing secret' : "the sender's public key";
    throw secretError(
      one,
      `${name} needs ${what}, but it is not set. Is the environment variable missing, or does it have another name?`,
    );
  }
  for (const one of ['secrets', 'keys'] as const) {
    const other = others[one];
    if (!takes(one) && given[one] !== undefined)
      throw optionError(one, `${name} is verified ${takes(other) ? `with ${other}` : 'without any'}.`);
  }
}

function checkSchemas(value: unknown): ReadonlyMap<string, StandardSchemaV1> {
  const schemas = new Map(Object.entries((value ?? {}) as Record<string, StandardSchemaV1 | undefined>));
  for (const [type, schema] of schemas) {
    if (typeof schema?.['~standard']?.validate !== 'function') {
      throw optionError(`schemas['${type}']`, 'Expected a Standard Schema (https://standardschema.dev).');
    }
  }
  return schemas as ReadonlyMap<string, StandardSchemaV1>;
}

function checkRequiredHeaders(headers: object, allowWeak: boolean): CheckedOptions['requiredHeaders'] {
  const entries = Object.entries(headers);
  if (entries.length > 10) throw optionError('requiredHeaders', 'Expected at most 10.');
  return entries.map(([name, value]) => {
    const at = `requiredHeaders['${name}']`;
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw optionError(at, 'Expected a header name.');
    if (typeof value !== 'string') decodeSecret(value, {}, allowWeak, at);
    if (value === '' || value !== value.trim()) throw secretError(at, 'It is empty or has whitespace around it.');
    return [name.toLowerCase(), encodeUtf8(value)] as const;
  });
}

/** An error or rejection of an observer must not break anything. */
function quietly(onWarning: (warning: ReceiverWarning) => unknown): (warning: ReceiverWarning) => void {
  if (onWarning === ignoreWarnings) return ignoreWarnings;
  return (warning) => {
    try {
      ignoreRejection(onWarning(warning));
    } catch {
      // Ignored, as if there were no observer.
    }
  };
}

const warned = new Set<string>();

function warnOnce(logger: Logger, namespace: string): (warning: ReceiverWarning) => void {
  return ({ code, provider, message }) => {
    if (warned.has(message)) return;
    warned.add(message);
    writeLine(logger, 'warn', `countersign: ${message}`, { provider, namespace, code });
  };
}

/** @throws options_invalid */
function observersIn(observe: ReceiverPolicy['observe'] = []): readonly Observer[] {
  const observers = [observe].flat() as readonly Observer[];
  if (observers.some((one) => typeof one?.[observerKey] !== 'function'))
    throw optionError(
      'observe',
      'Expected an observer, such as observer({ onOutcome }) of @countersign/core/observe, or a list.',
    );
  return observers;
}
