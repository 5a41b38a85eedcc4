/** Shared secrets as an app gives them. */

import type { UnverifiedDelivery } from '../delivery/delivery.ts';

/** A shared secret or stored token; with an id and a time of validity when it takes part in a rotation. */
export type Secret =
  | string
  | Uint8Array
  | {
      /** Names the secret in `event.secretId` and in logs. Default: its place in the list, `'0'` for the first. */
      readonly id?: string;
      readonly value: string | Uint8Array;
      /** Not used before this instant. */
      readonly notBefore?: Date;
      /** Not used after this instant. */
      readonly notAfter?: Date;
    };

/** The secrets of one tenant. Its name takes part in the identity of an event: one tenant's event is never another's duplicate. */
export interface TenantSecrets {
  /** Not empty. */
  readonly tenant: string;
  /** At most 8, newest first. */
  readonly secrets: Secret | readonly Secret[];
}

/** What a resolver of secrets gives. */
export type FoundSecrets = Secret | readonly Secret[] | TenantSecrets;

/**
 * One secret, several (newest first, at most 8), or a function that finds them for a delivery.
 *
 * A function that answers with an empty array says "I know no such tenant": the delivery is refused like a wrong
 * signature. One that throws or does not answer within five seconds is an outage: 503. One that answers with
 * undefined or an empty string is a defect: 500. A secret is never guessed, and none is ever assumed.
 */
export type SecretInput =
  | Secret
  | readonly Secret[]
  | ((delivery: UnverifiedDelivery) => FoundSecrets | Promise<FoundSecrets>);
