/** Whether a client of pg is inside a transaction, by what the server said with its last answer. */

import type { PgClient } from './postgres-clients.ts';

/** What of a client before pg 8.21 tells the same. */
interface OlderClient {
  readonly connection?: { on?(event: 'readyForQuery', listener: (message: { status?: string }) => void): unknown };
}

const statuses = new WeakMap<object, string | undefined>();

/** Has to be called before a step of the store is sent. */
export function followTransactions(client: PgClient): void {
  if (client.getTransactionStatus !== undefined || statuses.has(client)) return;
  statuses.set(client, undefined);
  const { connection } = client as OlderClient;
  connection?.on?.('readyForQuery', ({ status }) => statuses.set(client, status));
}

/**
 * After a step of the store, which begins none: whether it became part of one that other code had begun.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html (ReadyForQuery; read 2026-11-26)
 */
export function isInTransaction(client: PgClient): boolean {
  // Its status may be that of the next command already.
  if ((client as { pipeline?: unknown }).pipeline === true) return false;
  const status = client.getTransactionStatus === undefined ? statuses.get(client) : client.getTransactionStatus();
  return status === 'T' || status === 'E';
}
