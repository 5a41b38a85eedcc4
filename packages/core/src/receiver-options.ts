/** What a receiver is built from, and the checks that turn it into something that cannot be half right. */

import type { DedupeStore } from './dedupe.ts';
import type { UnverifiedDelivery } from './delivery.ts';
import { encodeUtf8 } from './encoding.ts';
import { WebhookError } from './errors.ts';
import type { WebhookEvent } from './event.ts';
import type { EventOf } from './handler.ts';
import type { HandshakeRequest } from './handshake.ts';
import type { Outcome } from './outcome.ts';
import { type Provider, requireProvider } from './provider.ts';
import { type PublicUrl, requirePublicUrl } from './public-url.ts';
import { defaultToleranceSeconds, requireTolerance } from './replay-window.ts';
import type { KeyInput, KeyMaterial } from './schemes/scheme.ts';
import { decodeSecret, type SecretInput } from './secrets.ts';
import type { StandardSchemaV1 } from './standard-schema.ts';

/** How duplicates are kept from running twice. */
export interface DedupeOptions {
  readonly store: DedupeStore;
  /**
   * How long a claim lasts without being renewed, in seconds; renewed at a third of it while the handler runs.
   *
   * 1 to 3 600. Default 30, or half the sender's last retry delay where that is shorter.
   */
  readonly leaseSeconds?: number;
  /**
   * How long a completed event is remembered, in seconds.
   *
   * At least the sender's retry horizon and twice the tolerance. Default seven days, or the horizon where it is longer.
   */
  readonly retentionSeconds?: number;
  /** `lease`: at least once, effects de-duplicated as far as a lease can. The only mode so far and the default. */
  readonly mode?: 'lease';
  /** The app's own identity of an event, in place of the signed id or the body's digest. */
  readonly identity?: (event: WebhookEvent) => string;
}

/** What a sender's checks of the address need. */
export interface HandshakeOptions {
  /** The token that was entered at the sender (Meta's verify token). Compared in constant time. */
  readonly verifyToken?: string | undefined;
  /**
   * Hears of each handshake and says by `true` that it may be answered.
   *
   * Needed where a handshake brings a new secret or an address to confirm; nothing is fetched or stored for the app.
   */
  readonly accept?: (handshake: HandshakeRequest) => boolean | Promise<boolean>;
}

/**
 * What a provider's scheme is given to verify with.
 *
 * `undefined` passes the type checker, so that `process.env.NAME` can be given as it is, and is refused when the
 * receiver is built.
 */
export type MaterialOptions<Material extends KeyMaterial> = {
  secrets: { readonly secrets: SecretInput | undefined; readonly keys?: never };
  keys: { readonly keys: KeyInput | undefined; readonly secrets?: never };
  both: { readonly secrets: SecretInput | undefined; readonly keys: KeyInput | undefined };
  none: { readonly secrets?: never; readonly keys?: never };
}[Material];

/** Everything but the provider and its secrets or keys. */
export interface ReceiverPolicy<P extends Provider = Provider> {
  /** Names this endpoint, or tenant, inside a shared store. Default: the provider's name. */
  readonly endpoint?: string | ((delivery: UnverifiedDelivery) => string);
  /**
   * Largest distance between the signed timestamp and `clock()` that is accepted, in seconds.
   *
   * 1 to 86 400, inclusive, applied to the past and to the future alike. Defaults to the provider's own figure, or 300.
   * Has no effect where the scheme signs no timestamp.
   */
  readonly toleranceSeconds?: number;
  /** Largest accepted body in bytes. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** A store, or a store with figures. Without it every verified delivery is handled. */
  readonly dedupe?: DedupeStore | DedupeOptions;
  /** Schemas (Zod, Valibot, ArkType, ...) for payloads by event type, see https://standardschema.dev. */
  readonly schemas?: { readonly [Type in NonNullable<EventOf<P>['type']> & string]?: StandardSchemaV1 };
  /**
   * Hears of every outcome, with the reason of a rejection. What it throws is ignored.
   *
   * Default: failures of the handler and of the receiver itself go to `console.error`.
   */
  readonly onOutcome?: (outcome: Outcome<EventOf<P>>) => void;
  /** Hears once of what is allowed but doubtful. Default: `console.warn`. */
  readonly onWarning?: (warning: ReceiverWarning) => void;
  /** The time. Default: the system's clock. One that throws or gives an invalid Date refuses everything. */
  readonly clock?: () => Date;
  /**
   * Longest run of a handler, in seconds; then its signal fires and the delivery counts as failed.
   *
   * Default: the sender's own deadline for an answer, or 30.
   */
  readonly deadlineSeconds?: number;
  /**
   * Headers that have to be there with these values beside the signature, such as the custom headers that a sender
   * lets you add. At most 10; the values are secrets and are compared in constant time.
   */
  readonly requiredHeaders?: Readonly<Record<string, string>>;
  /** What the checks of the address need that some senders make: the token entered there, the app's own decision. */
  readonly handshakes?: HandshakeOptions;
  /** The origin that the sender posts to, such as `https://example.com`. For schemes that sign the URL. */
  readonly publicUrl?: PublicUrl;
  /** You have seen the preset's assumptions confirmed by real deliveries; it stops warning of them. */
  readonly acceptAssumptions?: boolean;
  /** Accepts a signed timestamp of any age. Then only a dedupe store stops a replay. */
  readonly dangerouslyIgnoreTimestamp?: boolean;
  /** Accepts short, placeholder and white-spaced secrets, for published test vectors and nothing else. */
  readonly dangerouslyAllowWeakSecrets?: boolean;
}

/** What {@link createReceiver} takes: provider, secrets or keys as its scheme needs them, and policy. */
export type ReceiverOptions<P extends Provider = Provider> = { readonly provider: P } & ReceiverPolicy<P> &
  (P extends Provider<infer _, infer Material> ? MaterialOptions<Material> : never);

/** Something that works but should be looked at. */
export interface ReceiverWarning {
  readonly code: 'shared_secret' | 'assumption' | 'handshake_refused';
  readonly provider: string;
  readonly message: string;
}

/** The options with every default filled in. */
export interface CheckedOptions {
  readonly provider: Provider;
  readonly secrets: SecretInput | undefined;
  readonly keys: KeyInput | undefined;
  readonly endpoint: string | ((delivery: UnverifiedDelivery) => string);
  readonly toleranceSeconds: number;
  readonly maxBodyBytes: number;
  readonly dedupe:
    | (Required<Pick<DedupeOptions, 'store' | 'leaseSeconds' | 'retentionSeconds'>> & Pick<DedupeOptions, 'identity'>)
    | undefined;
  readonly schemas: ReadonlyMap<string, StandardSchemaV1>;
  readonly onOutcome: ((outcome: Outcome) => void) | undefined;
  readonly onWarning: (warning: ReceiverWarning) => void;
  readonly clock: (() => Date) | undefined;
  readonly deadlineSeconds: number;
  readonly handshakes: HandshakeOptions;
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
  'endpoint',
  'toleranceSeconds',
  'maxBodyBytes',
  'dedupe',
  'schemas',
  'onOutcome',
  'onWarning',
  'clock',
  'deadlineSeconds',
  'handshakes',
  'requiredHeaders',
  'publicUrl',
  'acceptAssumptions',
  'dangerouslyIgnoreTimestamp',
  'dangerouslyAllowWeakSecrets',
]);
const knownDedupe = new Set(['store', 'leaseSeconds', 'retentionSeconds', 'mode', 'identity']);
const week = 604_800;

/** @throws options_invalid, secret_invalid: with the option's name and the values it takes, never with the value */
export function checkOptions(options: unknown): CheckedOptions {
  if (typeof options !== 'object' || options === null)
    throw refuse('options', 'createReceiver takes { provider, secrets }.');
  const given = options as ReceiverPolicy & { provider: Provider; secrets?: SecretInput; keys?: KeyInput };
  for (const name of Object.keys(given)) {
    if (!known.has(name)) throw refuse(name, `There is no such option. There are: ${[...known].join(', ')}.`);
  }
  const { provider } = given;
  requireProvider(provider);
  requireMaterial(provider, given);
  const toleranceSeconds =
    given.toleranceSeconds === undefined
      ? (provider.toleranceSeconds ?? defaultToleranceSeconds)
      : requireTolerance(given.toleranceSeconds, 'toleranceSeconds');
  requireTolerance(toleranceSeconds, 'provider.toleranceSeconds');
  for (const name of ['onOutcome', 'onWarning', 'clock'] as const) {
    if (given[name] !== undefined && typeof given[name] !== 'function') throw refuse(name, 'It takes a function.');
  }
  for (const name of ['acceptAssumptions', 'dangerouslyIgnoreTimestamp', 'dangerouslyAllowWeakSecrets'] as const) {
    if (given[name] !== undefined && typeof given[name] !== 'boolean') throw refuse(name, 'It takes true or false.');
  }
  return {
    provider,
    secrets: given.secrets,
    keys: given.keys,
    endpoint: checkEndpoint(given.endpoint ?? provider.name),
    toleranceSeconds,
    maxBodyBytes: wholeNumber('maxBodyBytes', given.maxBodyBytes, 1, 2 ** 31, 1_048_576),
    dedupe: given.dedupe === undefined ? undefined : checkDedupe(given.dedupe, provider, toleranceSeconds),
    schemas: checkSchemas(given.schemas),
    onOutcome: given.onOutcome as CheckedOptions['onOutcome'],
    onWarning: given.onWarning ?? warnOnce,
    clock: given.clock,
    deadlineSeconds: positive('deadlineSeconds', given.deadlineSeconds, 3600, provider.responseDeadlineSeconds ?? 30),
    handshakes: checkHandshakes(given.handshakes ?? {}),
    requiredHeaders: checkRequiredHeaders(given.requiredHeaders ?? {}, given.dangerouslyAllowWeakSecrets === true),
    publicUrl: requirePublicUrl(given.publicUrl),
    acceptAssumptions: given.acceptAssumptions === true,
    ignoreTimestamp: given.dangerouslyIgnoreTimestamp === true,
    allowWeakSecrets: given.dangerouslyAllowWeakSecrets === true,
  };
}

function requireMaterial(provider: Provider, given: { secrets?: unknown; keys?: unknown }): void {
  const { material } = provider.scheme;
  const takesSecrets = material === 'secrets' || material === 'both';
  const takesKeys = material === 'keys' || material === 'both';
  if (takesSecrets && (given.secrets === undefined || given.secrets === null)) {
    throw new WebhookError('secret_invalid', {
      at: 'secrets',
      hint: `${provider.name} needs it, and it is not set. Is the environment variable missing, or named otherwise?`,
    });
  }
  if (takesKeys && (given.keys === undefined || given.keys === null)) {
    throw new WebhookError('secret_invalid', {
      at: 'keys',
      hint: `${provider.name} needs the public key of the sender.`,
    });
  }
  if (!takesSecrets && given.secrets !== undefined)
    throw refuse('secrets', `${provider.name} is verified ${takesKeys ? 'by keys' : 'without any'}.`);
  if (!takesKeys && given.keys !== undefined)
    throw refuse('keys', `${provider.name} is verified ${takesSecrets ? 'by secrets' : 'without any'}.`);
}

function checkEndpoint(value: unknown): CheckedOptions['endpoint'] {
  if (typeof value === 'function') return value as CheckedOptions['endpoint'];
  if (typeof value !== 'string' || value === '') throw refuse('endpoint', 'It takes a non-empty name, or a function.');
  return value;
}

function checkDedupe(
  value: unknown,
  provider: Provider,
  toleranceSeconds: number,
): NonNullable<CheckedOptions['dedupe']> {
  const isStore = typeof (value as DedupeStore | null)?.claim === 'function';
  const options = (isStore ? { store: value } : value) as DedupeOptions;
  if (typeof options !== 'object' || options === null) throw refuse('dedupe', 'It takes a store, or { store, ... }.');
  for (const name of Object.keys(options)) {
    if (!knownDedupe.has(name))
      throw refuse(`dedupe.${name}`, `There is no such option. There are: ${[...knownDedupe].join(', ')}.`);
  }
  for (const method of ['claim', 'extend', 'complete', 'release'] as const) {
    if (typeof options.store?.[method] !== 'function') throw refuse('dedupe.store', `It has no ${method}().`);
  }
  if (options.mode !== undefined && options.mode !== 'lease') throw refuse('dedupe.mode', 'It takes lease.');
  if (options.identity !== undefined && typeof options.identity !== 'function') {
    throw refuse('dedupe.identity', 'It takes a function from a verified event to a text.');
  }
  const { retries } = provider;
  const lastDelay = retries?.delaysSeconds?.at(-1);
  const signsTime = provider.scheme.signed.timestamp;
  const least = Math.max(retries?.horizonSeconds ?? 0, signsTime ? 2 * toleranceSeconds : 0);
  const retentionSeconds = wholeNumber(
    'dedupe.retentionSeconds',
    options.retentionSeconds,
    1,
    31_536_000,
    Math.max(week, least),
  );
  if (retentionSeconds < least) {
    throw refuse(
      'dedupe.retentionSeconds',
      `It has to be at least ${least}: the sender still retries, or a captured delivery is still inside the replay window, for that long.`,
    );
  }
  const leaseSeconds = wholeNumber(
    'dedupe.leaseSeconds',
    options.leaseSeconds,
    1,
    3600,
    Math.max(1, Math.min(30, Math.floor((lastDelay ?? 60) / 2))),
  );
  return {
    store: options.store,
    leaseSeconds,
    retentionSeconds,
    ...(options.identity && { identity: options.identity }),
  };
}

function checkSchemas(value: unknown): ReadonlyMap<string, StandardSchemaV1> {
  const schemas = new Map(Object.entries((value ?? {}) as Record<string, StandardSchemaV1 | undefined>));
  for (const [type, schema] of schemas) {
    if (typeof schema?.['~standard']?.validate !== 'function') {
      throw refuse(`schemas['${type}']`, 'It is no Standard Schema (https://standardschema.dev).');
    }
  }
  return schemas as ReadonlyMap<string, StandardSchemaV1>;
}

function checkHandshakes(options: HandshakeOptions): HandshakeOptions {
  const { verifyToken, accept } = options;
  if (verifyToken !== undefined && (typeof verifyToken !== 'string' || verifyToken.trim() === '')) {
    throw refuse('handshakes.verifyToken', 'It takes a text that is not empty.');
  }
  if (accept !== undefined && typeof accept !== 'function') throw refuse('handshakes.accept', 'It takes a function.');
  return options;
}

function checkRequiredHeaders(headers: object, allowWeak: boolean): CheckedOptions['requiredHeaders'] {
  const entries = Object.entries(headers);
  if (entries.length > 10) throw refuse('requiredHeaders', 'It takes at most 10.');
  return entries.map(([name, value]) => {
    const at = `requiredHeaders['${name}']`;
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw refuse(at, 'It is no header name.');
    if (typeof value !== 'string') decodeSecret(value, {}, allowWeak, at);
    if (value === '' || value !== value.trim())
      throw new WebhookError('secret_invalid', { at, hint: 'It is empty or has white space around it.' });
    return [name.toLowerCase(), encodeUtf8(value)] as const;
  });
}

function wholeNumber(at: string, value: unknown, least: number, most: number, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  throw refuse(at, `It takes a whole number from ${least} to ${most}.`);
}

function positive(at: string, value: unknown, most: number, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && value > 0 && value <= most) return value;
  throw refuse(at, `It takes a number of seconds above 0 and up to ${most}.`);
}

function refuse(at: string, hint: string): WebhookError {
  return new WebhookError('options_invalid', { at, hint });
}

const warned = new Set<string>();

function warnOnce({ message }: ReceiverWarning): void {
  if (warned.has(message)) return;
  warned.add(message);
  console.warn(`countersign: ${message}`);
}
