/** A look past the store into its table in PostgreSQL. */

import type { PeekedRecord } from '@countersign/testing';

type Ask = (text: string, values: string[]) => Promise<Record<string, unknown>[]>;

export const peekPostgresBy =
  (query: Ask) =>
  async (key: string): Promise<PeekedRecord | undefined> => {
    const [row] = await query(
      `SELECT done, token, attempt, answer, extract(epoch FROM expires_at - clock_timestamp())::float8 AS left
     FROM countersign_claims WHERE key = $1 AND expires_at > clock_timestamp()`,
      [key],
    );
    if (row === undefined) return undefined;
    return {
      state: row.done === true ? 'done' : row.token === '' ? 'released' : 'claimed',
      token: row.token as string,
      attempt: Number(row.attempt),
      answer: row.answer === null ? undefined : JSON.parse(row.answer as string),
      expiresInSeconds: Number(row.left),
    };
  };
