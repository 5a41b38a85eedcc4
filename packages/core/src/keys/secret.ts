/** Shared secrets as an app gives them. */

import type { UnverifiedDelivery } from '../delivery/delivery.ts';

/** A shared secret or stored token; with an id and a validity period during a rotation. */
export type Secret =
  | string
  | Uint8Array
  | {
      /** Names the secret in `event.secretId` and in logs. Default: its position in the list, `'0'` for the first. */
      readonly id?: string;
      readonly value: string | Uint8Array;
      /** Not used before this time. */
      readonly notBefore?: Date;
      /** Not used after this time. */
      readonly notAfter?: Date;
    };

/**
 * The secrets of one tenant. Its name is part of the identity of an event: one tenant's event is never another's
 * duplicate.
 */
export interface TenantSecrets {
  /** Not empty. */
  readonly tenant: string;
  /** At most 8, newest first. */
  readonly secrets: Secret | readonly Secret[];
}

/** The result of a secrets function. */
export type FoundSecrets = Secret | readonly Secret[] | TenantSecrets;

/**
 * One secret, several (newest first, at most 8), or a function that looks them up for a delivery.
 *
 * A function that returns an empty array says "I know no such tenant": the delivery is refused like a wrong signature.
 * If it throws or does not settle within five seconds, that is an outage: 503. If it returns undefined or an empty
 * string, that is a bug: 500. A secret is never guessed, and there is no default.
 */
export type SecretInput =
  | Secret
  | readonly Secret[]
  | ((delivery: UnverifiedDelivery) => FoundSecrets | Promise<FoundSecrets>);

/** A secrets function that knows its secrets carries them under this name, as functions: nothing prints a secret. */
export const tenantsKey: unique symbol = Symbol.for('countersign.tenants');

/** The secrets of tenants, checked when a receiver is built. */
export interface KnownTenants {
  /** @throws secret_invalid */
  requireNames(): void;
  /** The secrets of each tenant, with their place. */
  list(): readonly (readonly [at: string, secrets: Secret | readonly Secret[]])[];
  /** A warning if two tenants share a secret. */
  doubt(): string | undefined;
}

/** The secrets behind a resolver, if it knows them. */
export function tenantsOf(input: unknown): KnownTenants | undefined {
  return (input as { readonly [tenantsKey]?: KnownTenants } | undefined)?.[tenantsKey];
}
