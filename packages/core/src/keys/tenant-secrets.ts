/** Secrets of several tenants that are known when a receiver is built. */

import type { UnverifiedDelivery } from '../delivery/delivery.ts';
import { encodeHex } from '../encoding.ts';
import { secretError } from '../options/option-values.ts';
import { type KnownTenants, type Secret, type TenantSecrets, tenantsKey } from './secret.ts';

/**
 * Makes a secrets function for endpoints that serve several tenants. The secrets are checked when the receiver is
 * built. Unknown names, including `__proto__`, are refused like forgeries.
 *
 * @example
 * const secretOf = new Map([['acme', process.env.ACME_WEBHOOK_SECRET ?? '']]);
 * const secrets = secretsByTenant(secretOf, ({ url = '' }) => url.split('/')[2]);
 */
export function secretsByTenant(
  secrets: Readonly<Record<string, Secret | readonly Secret[]>> | ReadonlyMap<string, Secret | readonly Secret[]>,
  tenantOf: (delivery: UnverifiedDelivery) => string | undefined,
): (delivery: UnverifiedDelivery) => TenantSecrets | readonly never[] {
  const known = new Map(secrets instanceof Map ? secrets : Object.entries(secrets));
  const resolve = (delivery: UnverifiedDelivery): TenantSecrets | readonly never[] => {
    const tenant = tenantOf(delivery);
    const found = tenant === undefined ? undefined : known.get(tenant);
    return tenant === undefined || found === undefined ? [] : { tenant, secrets: found };
  };
  const tenants: KnownTenants = {
    requireNames() {
      for (const name of known.keys()) requireTenantName(name);
    },
    // A tenant with an empty list is not served.
    list: () =>
      [...known]
        .filter(([, entries]) => !Array.isArray(entries) || entries.length > 0)
        .map(([tenant, entries]) => [`secrets.${tenant}`, entries]),
    doubt() {
      const [one, other] = findSharedSecret(known) ?? [];
      return one === undefined
        ? undefined
        : `the tenants ${one} and ${other} of secretsByTenant share a secret, so a delivery of one is accepted for the other. Give each its own.`;
    },
  };
  return Object.defineProperty(resolve, tenantsKey, { value: tenants });
}

/** @throws secret_invalid: such a delivery could not be assigned to the tenant */
function requireTenantName(name: unknown): void {
  if (typeof name === 'string' && name !== '') return;
  throw secretError('secretsByTenant', 'Expected a non-empty string as the name of a tenant.');
}

/** Two tenants that share a secret. */
function findSharedSecret(
  known: ReadonlyMap<string, Secret | readonly Secret[]>,
): readonly [string, string] | undefined {
  const owners = new Map<unknown, string>();
  for (const [tenant, secrets] of known) {
    for (const entry of Array.isArray(secrets) ? (secrets as readonly Secret[]) : [secrets as Secret]) {
      const value = typeof entry === 'object' && 'value' in entry ? entry.value : entry;
      const text = value instanceof Uint8Array ? encodeHex(value) : value;
      const owner = owners.get(text);
      if (owner !== undefined && owner !== tenant) return [owner, tenant];
      owners.set(text, tenant);
    }
  }
  return undefined;
}
