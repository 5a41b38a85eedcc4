/** The options of a receiver. */

import type { Archive } from '../archive/archive.ts';
import type { DeadLetterOptions, DedupeOptions, OrderingOptions } from '../claims/dedupe-options.ts';
import type { DedupeStore } from '../claims/store.ts';
import type { PublicUrl } from '../delivery/public-url.ts';
import type { EventOf, EventTypeOf, SchemasFor } from '../event/event-of.ts';
import type { Outcome } from '../handling/outcome.ts';
import type { KeyInput } from '../keys/key.ts';
import type { SecretInput } from '../keys/secret.ts';
import type { HandshakeOptions } from '../provider/handshake.ts';
import type { Provider } from '../provider/provider.ts';
import type { ReplayTolerance } from '../schemes/replay-window.ts';
import type { KeyMaterial } from '../schemes/scheme.ts';
import type { Logger } from './logger.ts';
import type { Observer } from './observer.ts';

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
