/** Tells whether a pg client is inside a transaction, from the server's last answer. */

import type { PgClient } from './postgres-clients.ts';

/** The fields of a client before pg 8.21 that show the same. */
interface OlderClient {
  readonly connection?: { on?(event: 'readyForQuery', listener: (message: { status?: string }) => void): unknown };
}

const statuses = new WeakMap<object, string | undefined>();

/** Call it before a step of the store is sent. */
export function followTransactions(client: PgClient): void {
  if (client.getTransactionStatus !== undefined || statuses.has(client)) return;
  statuses.set(client, undefined);
  const { connection } = client as OlderClient;
  connection?.on?.('readyForQuery', ({ status }) => statuses.set(client, status));
}

/**
 * Call it after a step of the store, which does not begin a transaction: returns whether the step became part of one
 * that other code had begun.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html (ReadyForQuery; read 2026-11-26)
 */
export function isInTransaction(client: PgClient): boolean {
  // Its status may already be that of the next command.
  if ((client as { pipeline?: unknown }).pipeline === true) return false;
  const status = client.getTransactionStatus === undefined ? statuses.get(client) : client.getTransactionStatus();
  return status === 'T' || status === 'E';
}
