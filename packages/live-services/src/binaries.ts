/** Finds the servers that are installed on this machine. */

import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type ServiceName = 'redis' | 'postgres' | 'pgbouncer' | 'mariadb' | 'nats' | 'rabbitmq';

const programs: Readonly<Record<ServiceName, readonly string[]>> = {
  redis: ['redis-server'],
  postgres: ['initdb', 'postgres'],
  pgbouncer: ['pgbouncer'],
  mariadb: ['mariadbd', 'mariadb-install-db'],
  nats: ['nats-server'],
  rabbitmq: ['rabbitmq-server'],
};

/** @throws if the program is not found */
export function findProgram(name: string): string {
  const found = folders()
    .map((folder) => join(folder, name))
    .find(isExecutable);
  if (found === undefined) throw new Error(`${name} is not installed.`);
  return found;
}

/**
 * The first program of a service that is not installed, or undefined.
 *
 * @throws if COUNTERSIGN_REQUIRE_SERVICES is set, as in CI: there a skipped live test is a failure
 */
export function findMissing(service: ServiceName): string | undefined {
  const missing = programs[service].find((name) => !folders().some((folder) => isExecutable(join(folder, name))));
  if (missing !== undefined && process.env.COUNTERSIGN_REQUIRE_SERVICES) {
    throw new Error(`${missing} is not installed, and COUNTERSIGN_REQUIRE_SERVICES requires it.`);
  }
  return missing;
}

/** Debian keeps PostgreSQL's programs off the PATH, and daemons in directories that only root has on it. */
function folders(): string[] {
  const versions = '/usr/lib/postgresql';
  let ofPostgres: string[] = [];
  try {
    ofPostgres = readdirSync(versions)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(versions, version, 'bin'));
  } catch {
    // Not Debian, or PostgreSQL is not installed.
  }
  // Before the PATH, on which Debian has a program that starts the service of the machine.
  const ofRabbitmq = '/usr/lib/rabbitmq/bin';
  return [ofRabbitmq, ...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', ...ofPostgres];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
