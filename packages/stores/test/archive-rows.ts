/** Looks into the tables of archives, and changes rows as someone with access to the database may. */

import type { AlteredEntry, PeekedEntry } from '@countersign/testing';

type Row = Record<string, unknown>;
const columns: Readonly<Record<keyof AlteredEntry, string>> = {
  id: 'id',
  namespace: 'namespace',
  provider: 'provider',
  tenant: 'tenant',
  identity: 'identity',
  place: 'place',
  receivedAt: 'received_at',
  body: 'body_bytes',
  head: 'head_bytes',
  seal: 'seal',
  outcome: 'outcome',
  expiresAt: 'expires_at',
};

/** @param ask runs a statement with `?` for each value */
export function rowsBy(ask: (text: string, values: unknown[]) => Promise<Row[]>, isNumbered = false) {
  const send = (text: string, values: unknown[]) => {
    let count = 0;
    return ask(isNumbered ? text.replace(/\?/g, () => `$${++count}`) : text, values);
  };
  const bytes = (value: unknown) => (value === null ? undefined : new Uint8Array(value as Uint8Array));
  return {
    async peek(id: string): Promise<PeekedEntry | undefined> {
      const [row] = await send('SELECT * FROM countersign_archive WHERE id = ?', [id]);
      if (row === undefined) return undefined;
      const outcome = row.outcome === null ? undefined : Buffer.from(row.outcome as never).toString();
      const [head, body, error] = [bytes(row.head_bytes), bytes(row.body_bytes), bytes(row.error_bytes)];
      return { outcome, attempts: Number(row.attempts), head, body, error };
    },
    async alter(id: string, changes: AlteredEntry): Promise<void> {
      const names = Object.keys(changes) as (keyof AlteredEntry)[];
      const text = `UPDATE countersign_archive SET ${names.map((name) => `${columns[name]} = ?`).join(', ')} WHERE id = ?`;
      const values = names.map((name) => {
        const value = changes[name];
        return value instanceof Uint8Array ? Buffer.from(value) : value;
      });
      await send(text, [...values, id]);
    },
  };
}
