/** The options of a receiver, and their checks. */

import type { Archive } from '../archive/archive.ts';
import { type ArchiveProtocol, archiveProtocolOf } from '../archive/archive-protocol.ts';
import type {
  CheckedDedupe,
  ClaimOptions,
  DeadLetterOptions,
  DedupeOptions,
  OrderingOptions,
} from '../claims/dedupe-options.ts';
import type { DedupeStore } from '../claims/store.ts';
import type { PublicUrl } from '../delivery/public-url.ts';
import { encodeUtf8 } from '../encoding.ts';
import { isWebhookError } from '../errors.ts';
import type { EventOf, EventTypeOf, SchemasFor } from '../event/event-of.ts';
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
import type { KeyMaterial } from '../schemes/scheme.ts';
import { type Logger, writeLine } from './logger.ts';
import { type Observer, observerKey } from './observer.ts';

/**
 * The material that a provider's scheme needs to verify.
 *
 * `undefined` passes the type checker, so that you can write `process.env.NAME`; it is refused when the receiver is
 * built.
 */
export type MaterialOptions<Material extends KeyMaterial> = {
  secrets: { readonly secrets: SecretInput | undefined; readonly keys?: never };
  keys: { readonly keys: KeyInput | undefined; readonly secrets?: never };
  both: { readonly secrets: SecretInput | undefined; readonly keys: KeyInput | undefined };
  none: { readonly secrets?: never; readonly keys?: never };
}[Material];

/** All options except the provider and its secrets or keys. */
export interface ReceiverPolicy<P extends Provider = Provider, Schemas extends SchemasFor<P> = SchemasFor<P>> {
  /**
   * Largest distance between the signed timestamp and `clock()` that is accepted, in seconds; inclusive.
   *
   * A number from 1 to 86 400 for both sides, or `{ past, future }`, where the past goes up to 2 678 400 (31 days).
   * Defaults to the provider's own figure, or 300. Has no effect if the scheme signs no timestamp. A past side of more
   * than an hour without
   * `dedupe` causes a warning.
   *
   * @throws options_invalid
   */
  readonly toleranceSeconds?: number | ReplayTolerance;
  /** Largest accepted body in bytes. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Maximum time for a body to arrive if an adapter reads it, in seconds, up to 600. Default 10; then 503. */
  readonly bodyTimeoutSeconds?: number;
  /** A store, or a store with options. Without it every verified delivery is handled. */
  readonly dedupe?: DedupeStore | DedupeOptions;
  /** Keeps an older event of an entity from running after a newer one. Needs `dedupe`. */
  readonly ordering?: OrderingOptions;
  /** Gets an event that failed too often. Needs `dedupe`. */
  readonly deadLetter?: DeadLetterOptions;
  /**
   * Keeps every verified event, so that it can be listed and run again with {@link Receiver.replay}. Needs `dedupe`
   * with a `namespace`. If its row cannot be written, nothing is handled, and the response is 503.
   */
  readonly archive?: Archive;
  /**
   * Schemas (Zod, Valibot, ArkType, ...) for payloads by event type; see https://standardschema.dev. What a schema returns is the payload,
   * at run time and as a type.
   */
  readonly schemas?: Schemas & UnlistedSchemas<Schemas, P>;
  /**
   * Called with every outcome, including the reason for a rejection. Its own errors and rejections are ignored.
   *
   * Failures of the handler, the store and the configuration always go to the logger as well. If no one listens, the logger
   * also gets a line for each kind of refusal, once a minute per namespace, 20 per process.
   */
  readonly onOutcome?: (outcome: Outcome<EventOf<P, Schemas>>) => void;
  /**
   * Follows deliveries with durations, attempts and late results: `observer({ onOutcome, runHandler })` of `@countersign/core/observe`,
   * `openTelemetry()` of `@countersign/otel`, or a list of such observers.
   */
  readonly observe?: Observer<EventOf<P, Schemas>> | readonly Observer<EventOf<P, Schemas>>[];
  /** Gets the lines that would otherwise go to the console: `console`, pino, `app.log` of Fastify, Nest's `Logger`. Default: `console`. */
  readonly logger?: Logger;
  /** Called once for each setting that is allowed but doubtful. Default: a warning in `logger`. */
  readonly onWarning?: (warning: ReceiverWarning) => void;
  /** Returns the time. Default: the system clock. If it throws or returns an invalid Date, everything is refused. */
  readonly clock?: () => Date;
  /**
   * Maximum run time of a handler, in seconds; then its signal fires and the delivery counts as failed.
   *
   * Default: the sender's own response deadline, or 30.
   */
  readonly handlerTimeoutSeconds?: number;
  /**
   * Headers that must be present with these values in addition to the signature, such as custom headers that a sender
   * lets you add. At most 10; the values are secrets and are compared in constant time.
   */
  readonly requiredHeaders?: Readonly<Record<string, string>>;
  /** Options for senders that check the URL: the token entered there, the app's own decision. */
  readonly handshakes?: HandshakeOptions;
  /** The origin that the sender posts to, such as `https://example.com`. For schemes that sign the URL. */
  readonly publicUrl?: PublicUrl;
  /** Set it once you have seen the preset's assumptions confirmed by real deliveries; stops the warning about them. */
  readonly acceptAssumptions?: boolean;
  /** Accepts a signed timestamp of any age. Then only a dedupe store stops a replay. */
  readonly dangerouslyIgnoreTimestamp?: boolean;
  /** Accepts short and placeholder secrets and whitespace, only for published test vectors. */
  readonly dangerouslyAllowWeakSecrets?: boolean;
}

/** Refuses a schema under a name that the provider does not list, unless the names are not known to the type checker. */
type UnlistedSchemas<Schemas, P> = {
  readonly [Type in Exclude<keyof Schemas, EventTypeOf<P>> as string extends Type ? never : Type]: never;
};

/** The options of {@link createReceiver}: provider, secrets or keys as its scheme needs them, and policy. */
export type ReceiverOptions<P extends Provider = Provider, Schemas extends SchemasFor<P> = SchemasFor<P>> = {
  readonly provider: P;
} & ReceiverPolicy<P, Schemas> &
  (P extends Provider<infer _, infer Material> ? MaterialOptions<Material> : never);

/** Something that works but should be checked. */
export interface ReceiverWarning {
  /**
   * `shared_secret`: two namespaces or tenants, one secret. `shared_namespace`: one namespace of a store, two secrets.
   * `window_without_dedupe`: deliveries signed more than an hour ago are accepted, and nothing stops them from running
   * again.
   * `events_alike`: two events of the sender can look the same.
   * `secrets_expired`: `notAfter` of each secret has passed.
   * `store_setting`: the store's backend may lose or hide records. `store_unchecked`: it could not be asked.
   */
  readonly code:
    | 'shared_secret'
    | 'shared_namespace'
    | 'assumption'
    | 'window_without_dedupe'
    | 'events_alike'
    | 'handshake_refused'
    | 'secrets_expired'
    | 'store_setting'
    | 'store_unchecked';
  readonly provider: string;
  readonly message: string;
}

/** Passed as `onWarning` by code that builds a receiver to inspect one delivery: it serves no deliveries. */
export const ignoreWarnings = (): void => undefined;

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
